import { keyOf, openCacheBench } from "./cacheBench.ts";
import type { GrowCacheFrame, GrowCacheParams } from "./growCacheFrame.ts";
import { openLanguageModel } from "./languageModel.ts";
import type { Task } from "./task.ts";

/**
 * The shipped model writes the same text twice from one seed: over a cache of keys and values, and reading everything again for each
 * token. Both are computed in full. Fewer key and value heads are means of the trained ones; see `poolHeads`.
 */
export const growCache: Task<GrowCacheParams, GrowCacheFrame> = async function* (run) {
  const language = await openLanguageModel(run, await run.backend());
  try {
    const bench = await openCacheBench(language, run);
    try {
      for (;;) {
        const key = keyOf(run.params), before = JSON.stringify(run.params);
        let isFirst = true;
        for await (const frame of bench.write({ ...run.params })) {
          // Whoever wants to see times need not watch the writing.
          if (isFirst || frame.finished || !isTimed(run.params.view)) yield frame;
          else await run.breathe();
          isFirst = false;
          if (keyOf(run.params) !== key) break;
        }
        while (keyOf(run.params) === key && isTimed(run.params.view)) {
          const frame = await bench.time();
          if (!frame) break;
          yield frame;
        }
        if (JSON.stringify(run.params) === before) await run.changed();
      }
    } finally {
      bench.close();
    }
  } finally {
    language.close();
  }
};

const isTimed = (view: string): boolean => view === "time" || view === "phases";
