import { expect, test } from "vitest";
import { framesOf } from "../testing/runTask.ts";
import { adaptLora } from "./adaptLora.ts";

test("adapters teach a model that sorts up to sort down, the better the higher their rank, and it still sorts up without them", async () => {
  for (const [rank, least] of [[4, 0.65], [8, 0.9]] as const) {
    const frames = await framesOf(adaptLora, { rank, baseSteps: 300, steps: 300, learningRate: 0.02, seed: 1 });
    const base = frames.filter(({ phase }) => phase === "base").at(-1)!, last = frames.at(-1)!;
    expect(base.up).toBeGreaterThan(0.9);
    expect(base.down).toBeLessThan(0.05);
    expect(last.finished).toBe(true);
    expect(last.up).toBe(base.up);
    expect(last.down).toBeGreaterThan(least);
    expect(last.adapterParameters).toBe(rank * (32 + 96 + 32 + 32));
    expect(last.adapterParameters).toBeLessThan(last.baseParameters / 8);
  }
}, 60_000);
