import { crossEntropy } from "../ops/crossEntropy.ts";
import { read, scope, tensor } from "../tensor.ts";
import type { Batch } from "./trainer.ts";
import type { Transformer } from "./transformer.ts";

/**
 * The mean loss of a model over batches of equal size in which every target counts, in nats a token. With `breathe` the CPU takes one
 * row at a time and lets others work in between; a GPU works apart from the thread, and takes a batch whole.
 */
export async function meanLoss(model: Transformer, batches: Iterable<Batch & { readonly rows: number }>, breathe?: () => Promise<void>): Promise<number> {
  const { backend } = model.parameters;
  let sum = 0, count = 0;
  for (const { ids, targets, rows } of batches) {
    const time = ids.length / rows, together = breathe && backend.kind === "cpu" ? 1 : rows;
    const shape = [together, time];
    for (let row = 0; row < rows; row += together) {
      const part = (of: Int32Array) => tensor(backend, shape, of.subarray(row * time, (row + together) * time), "i32");
      const loss = scope(() => crossEntropy(model.forward(part(ids)), part(targets)));
      sum += (await read(loss))[0]!;
      backend.free(loss.buffer);
      count++;
      await breathe?.();
    }
  }
  return sum / count;
}
