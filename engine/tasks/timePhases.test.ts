import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import { createCpuBackend } from "../backends/cpu/cpuBackend.ts";
import { loadWasm } from "../backends/cpu/loadNode.ts";
import { blockMultiplyAdds } from "../nn/multiplyAdds.ts";
import { openLanguageModel } from "./languageModel.ts";
import { memoryFrame } from "./pageMemory.ts";
import { serviceOf, type ServeRequestsParams } from "./serveRequests.ts";
import { phasesOf, type TimePhasesFrame } from "./timePhases.ts";

const packs = resolve("public");
const hasModel = existsSync(resolve(packs, "models/story")) || Boolean(process.env.CI);

test.skipIf(!hasModel)("a request is counted first, then its prompt is timed, then its answer", async () => {
  const backend = await createCpuBackend({ wasm: await loadWasm() });
  const language = await openLanguageModel({ artefact: async (name) => new Uint8Array(readFileSync(resolve(packs, name))) }, backend);
  const frames: TimePhasesFrame[] = [];
  for await (const frame of phasesOf(language, { prompt: 32, answer: 8 }, { breathe: async () => undefined })) frames.push(frame);
  expect(frames.map(({ read, write }) => [read.time !== null, write.time !== null])).toEqual([[false, false], [true, false], [true, true]]);
  const { read, write } = frames[2]!;
  expect([read.tokens, read.passes, write.tokens, write.passes]).toEqual([32, 1, 8, 8]);
  // 922,752 parameters of four bytes, once and eight times.
  expect([read.fetched, write.fetched]).toEqual([4 * 922_752, 32 * 922_752]);
  const { config } = language.model;
  const unembedding = config.vocabSize * config.dModel, attended = 2 * config.nLayers * config.nHeads * config.dHead;
  expect(read.work).toBe(32 * blockMultiplyAdds(config) + unembedding + attended * (32 * 33) / 2);
  expect(write.work).toBe(8 * (blockMultiplyAdds(config) + unembedding) + attended * (33 + 34 + 35 + 36 + 37 + 38 + 39 + 40));
  const long: TimePhasesFrame[] = [];
  for await (const frame of phasesOf(language, { prompt: 9999, answer: 9999 }, { breathe: async () => undefined })) {
    if (long.push(frame) === 1) break;
  }
  expect(long[0]!.read.tokens + long[0]!.write.tokens).toBeLessThanOrEqual(config.contextLength);
  language.close();
  backend.close();
});

const service: ServeRequestsParams = {
  policy: "static", rate: 6, slots: 8, prompt: 400, answer: 200, model: "llama-3-8b", chip: "h100", bits: "16", seed: 1,
};

test("a service is shown with the other policy on the same requests beside it", () => {
  const shown = serviceOf(service), turned = serviceOf({ ...service, policy: "continuous" });
  expect(shown.facts).toEqual(turned.other);
  expect(shown.other).toEqual(turned.facts);
  expect(turned.facts!.throughput).toBeGreaterThan(shown.facts!.throughput);
  // Whoever waits is counted: nobody at the end, and never fewer than nobody.
  expect(shown.queue.at(-1)![1]).toBe(0);
  expect(Math.min(...shown.queue.map(([, waiting]) => waiting))).toBeGreaterThanOrEqual(0);
});

test("a card that is smaller than the weights serves nobody", () => {
  const { served, facts, refused, room } = serviceOf({ ...service, model: "llama-3-70b" });
  expect([served.length, facts, refused, room]).toEqual([0, null, 60, 0]);
});

test("every place of the memory is counted once", () => {
  for (const policy of ["contiguous", "paged", "shared"] as const) {
    const { used, reserved, idle, free, memory } = memoryFrame(20, { policy, block: 16, prefix: 32, seed: 1 });
    expect(used + reserved + idle + free).toBe(memory);
  }
});
