import { isMainThread } from "node:worker_threads";
import { main } from "./cli.ts";
import { answerProbe, isProbe, nodeIo } from "./nodeIo.ts";
import { trainWorker } from "./trainWorker.ts";

// The training command starts its threads from this same file, and the search for a GPU its child process.
if (!isMainThread) await trainWorker();
else if (isProbe()) process.exitCode = await answerProbe();
else process.exitCode = await main(process.argv.slice(2), nodeIo());
