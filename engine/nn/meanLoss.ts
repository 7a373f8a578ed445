import { crossEntropy } from "../ops/crossEntropy.ts";
import { read, scope, tensor } from "../tensor.ts";
import type { Batch } from "./trainer.ts";
import type { Transformer } from "./transformer.ts";

/** The mean loss of a model over batches of equal size, in nats a token. */
export async function meanLoss(model: Transformer, batches: Iterable<Batch & { readonly rows: number }>): Promise<number> {
  const { backend } = model.parameters;
  let sum = 0, count = 0;
  for (const { ids, targets, rows } of batches) {
    const shape = [rows, ids.length / rows];
    const loss = scope(() => crossEntropy(model.forward(tensor(backend, shape, ids, "i32")), tensor(backend, shape, targets, "i32")));
    sum += (await read(loss))[0]!;
    backend.free(loss.buffer);
    count++;
  }
  return sum / count;
}
