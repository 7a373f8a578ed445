/** The commands of this project: `node scripts/run.mjs COMMAND`. Needs Node 20.19 and nothing else; set-up fetches the rest. */
import { setUp } from "./setup.mjs";

const commands = {
  setup: { does: "prepares everything: packages, WASM kernels, a browser", run: () => setUp({ browser: true }) },
};
const [name = "", ...args] = process.argv.slice(2);
process.exitCode = (await commands[name].run(args)) ?? 0;
