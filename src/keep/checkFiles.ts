import type { ModelFile } from "../../engine/checkpoint/byteSource.ts";
import type { Shape } from "./item.ts";

export type CheckAnswer =
  | { readonly type: "progress"; readonly bytes: number; readonly total: number }
  | { readonly type: "sound"; readonly shape: Shape; readonly stored: string }
  | { readonly type: "refused"; readonly message: string };

/** Milliseconds without a word after which a file counts as one that cannot be read. */
const SILENCE = 20_000;

/**
 * Opens model files in a worker of their own, which ends with the answer: whatever they hold, the page goes on.
 * Throws: Error with one sentence when they are no sound model, or reading them comes to no end.
 */
export function checkFiles(files: readonly ModelFile[], progress: (share: number) => void): Promise<{ shape: Shape; stored: string }> {
  const worker = new Worker(new URL("./checkWorker.ts", import.meta.url), { type: "module" });
  let timer: ReturnType<typeof setTimeout> | undefined;
  return new Promise<{ shape: Shape; stored: string }>((resolve, reject) => {
    const listen = (): void => {
      clearTimeout(timer);
      timer = setTimeout(() => reject(new Error("reading it came to no end")), SILENCE);
    };
    worker.onmessage = ({ data }: MessageEvent<CheckAnswer>) => {
      listen();
      if (data.type === "progress") progress(data.total > 0 ? data.bytes / data.total : 0);
      else if (data.type === "sound") resolve(data);
      else reject(new Error(data.message));
    };
    worker.onerror = () => reject(new Error("the reader of model files could not be loaded"));
    listen();
    worker.postMessage(files);
  }).finally(() => {
    clearTimeout(timer);
    worker.terminate();
  });
}
