/** The page of the comparison: the workloads by id, and what the machine is. Driven by run.mjs. */
import { measure, type Effort, type Row } from "./measure.ts";
import { bpeEncode } from "./workloads/bpeEncode.ts";
import { bpeTrain } from "./workloads/bpeTrain.ts";
import { decoding } from "./workloads/decode.ts";
import { firstStep, firstStepNames } from "./workloads/firstStep.ts";
import { matmul } from "./workloads/matmul.ts";
import { mlpTraining } from "./workloads/mlp.ts";
import { training } from "./workloads/training.ts";

const workloads = [...training, ...decoding, mlpTraining, matmul, bpeEncode, bpeTrain];

async function adapter(): Promise<{ name: string; software: boolean } | null> {
  const found = await navigator.gpu?.requestAdapter();
  if (!found) return null;
  const { vendor, architecture, description, isFallbackAdapter } = found.info;
  const name = [vendor, architecture, description].filter(Boolean).join(" ");
  return { name, software: isFallbackAdapter || /swiftshader|llvmpipe/i.test(name) };
}

const comparison = {
  ids: workloads.map(({ id }) => id),
  adapter,
  async run(id: string, effort: Effort): Promise<Row> {
    return measure(workloads.find((each) => each.id === id)!, effort);
  },
  firstStepNames,
  firstStep,
  machine: () => ({ threads: crossOriginIsolated ? navigator.hardwareConcurrency : 1, browser: /Chrome\/[\d.]+/.exec(navigator.userAgent)?.[0] ?? "" }),
};

declare global {
  var glassboxPeers: typeof comparison;
}
globalThis.glassboxPeers = comparison;
