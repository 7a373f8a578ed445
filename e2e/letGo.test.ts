import { debuggersOf } from "../scripts/heapOf.mjs";
import { patience } from "./figure.ts";
import { expect, test } from "./harness.ts";

interface Speaker {
  send(method: string, params?: object): Promise<unknown>;
}

/** How many objects of a kind are alive, those aside that nothing holds. */
async function alive({ send }: Speaker, kind: string): Promise<number> {
  const made = (await send("Runtime.evaluate", { expression: `${kind}.prototype` })) as { result: { objectId: string } };
  const { objects } = (await send("Runtime.queryObjects", { prototypeObjectId: made.result.objectId })) as { objects: { objectId: string } };
  const counted = (await send("Runtime.callFunctionOn", { objectId: objects.objectId, functionDeclaration: "function () { return this.length; }", returnByValue: true })) as { result: { value: number } };
  await send("Runtime.releaseObject", { objectId: objects.objectId });
  return counted.result.value;
}

test("runs that are begun again leave nothing behind: no node, no listener, no object, no buffer", async ({ page }) => {
  test.slow();
  await page.goto("./embed/loss-curve-lab/?backend=cpu#steps=100");
  const figure = page.locator("figure[data-widget]");
  await expect(figure).toHaveAttribute("data-controls", "live", { timeout: patience });
  const speakers = (await debuggersOf(page)) as { page: Speaker; worker: Speaker };
  const rounds = async (count: number): Promise<Record<string, number>> => {
    for (let i = 0; i < count; i++) {
      await figure.getByRole("button", { name: "Reset" }).click();
      await expect(figure).not.toHaveAttribute("data-step", "100", { timeout: patience });
      await expect(figure).toHaveAttribute("data-step", "100", { timeout: patience });
    }
    for (const speaker of Object.values(speakers)) await speaker.send("HeapProfiler.collectGarbage");
    const { nodes, jsEventListeners } = (await speakers.page.send("Memory.getDOMCounters")) as { nodes: number; jsEventListeners: number };
    const found: Record<string, number> = { nodes, jsEventListeners };
    for (const kind of ["Object", "Array", "Promise", "Map"]) found[kind] = await alive(speakers.worker, kind);
    // Typed arrays are not among what can be asked for by its kind: their bytes are.
    const { backingStorageSize } = (await speakers.worker.send("Runtime.getHeapUsage")) as { backingStorageSize: number };
    return { ...found, "KB of buffers": Math.round(backingStorageSize / 1000) };
  };
  await expect(figure).toHaveAttribute("data-step", "100", { timeout: patience });
  const before = await rounds(4);
  const after = await rounds(6);
  for (const [kind, count] of Object.entries(after)) expect(count, `${kind}, ${before[kind]} before`).toBeLessThan(before[kind]! + 6);
});
