import { expect, test } from "vitest";
import { createCpuBackend } from "../backends/cpu/cpuBackend.ts";
import { loadWasm } from "../backends/cpu/loadNode.ts";
import type { TrainTransformerFrame } from "../tasks/trainTransformer.ts";
import { createHost } from "./host.ts";
import type { FromWorker } from "./protocol.ts";

const params = { corpus: "own", text: "the cat sat on the mat and the dog sat on the log. ".repeat(20), block: "gpt2", learningRate: 0.005, steps: 100, sampleEvery: 50, seed: 3 };

function open() {
  let heard: (message: FromWorker) => void = () => undefined;
  const say = createHost({
    post: (message) => heard(message),
    factories: { cpu: async () => createCpuBackend({ wasm: await loadWasm() }), webgpu: async () => { throw new Error("not asked for"); }, survey: async () => null },
  });
  const answer = <T extends FromWorker["type"]>(type: T): Promise<Extract<FromWorker, { type: T }>> =>
    new Promise((resolve, reject) => {
      heard = (message) => {
        if (message.type === "error") reject(new Error(message.message));
        if (message.type === type && !(message.type === "frame" && message.frame === undefined)) resolve(message as Extract<FromWorker, { type: T }>);
      };
    });
  say({ type: "start", figure: "a", run: 1, task: "trainTransformer", training: true, params, backend: "cpu", site: "https://book.test/", artefacts: {} });
  return {
    async to(step: number): Promise<TrainTransformerFrame> {
      const frame = answer("frame");
      say({ type: "seek", figure: "a", step });
      say({ type: "next", figure: "a" });
      return (await frame).frame as TrainTransformerFrame;
    },
    async weights(): Promise<Uint8Array> {
      const taken = answer("taken");
      say({ type: "take", figure: "a", kind: "model" });
      const { bytes } = await taken;
      return bytes!;
    },
    close: () => say({ type: "stop", figure: "a" }),
  };
}

test("a training rewound and continued ends in the same weights and the same curve, to the bit", async () => {
  const run = open();
  const straight = await run.to(60);
  const weights = await run.weights();
  expect((await run.to(25)).step).toBe(25);
  const again = await run.to(60);
  for (const part of ["step", "loss", "validation", "samples", "tokensSeen", "gradientNorm", "learningRate"] as const) expect(again[part], part).toEqual(straight[part]);
  expect([again.curve.steps, again.curve.losses]).toEqual([straight.curve.steps, straight.curve.losses]);
  expect(Buffer.compare(await run.weights(), weights)).toBe(0);
  run.close();
  const other = open();
  await other.to(60);
  expect(Buffer.compare(await other.weights(), weights)).toBe(0);
  other.close();
}, 60_000);
