import { isMainThread } from "node:worker_threads";
import { main } from "./cli.ts";
import { nodeIo } from "./nodeIo.ts";
import { trainWorker } from "./trainWorker.ts";

// The training command starts its threads from this same file.
if (isMainThread) process.exitCode = await main(process.argv.slice(2), nodeIo());
else await trainWorker();
