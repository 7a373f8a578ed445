/** The commands of this project: `node scripts/run.mjs COMMAND`. Needs Node 20.19 and nothing else; set-up fetches the rest. */
import { parseArgs } from "node:util";
import { setUp } from "./setup.mjs";

const commands = {
  setup: { does: "prepare everything: packages, WASM kernels, a browser for the tests", run: () => setUp({ browser: true }) },
  start: { does: "build if a source changed, then show the book [--port N] [--base /book/]", run: start },
  test: { does: "check everything, or: types lint knip unit engine build e2e matrix, or test files", run: test },
  build: { does: "write the site to dist/", run: build },
  dev: { does: "serve with hot reload", run: dev },
  engine: { does: "the engine on the command line: npm run --silent engine -- COMMAND --help", run: engine },
  measure: { does: "how fast the pages are in a browser, beside what is promised [ADDRESS]", run: measure },
  soak: { does: "twenty figures that train, fifty embeds: clicks, memory, what is out of sight [SECONDS] [PART…]", run: soak },
  "bench:peers": { does: "this engine beside other libraries, in a browser [--readme] [--only ID,ID] [--rounds N]", run: benchPeers },
  lighthouse: { does: "Lighthouse on every chapter, as phone and desk, on a machine at rest [PATH…]", run: lighthouse },
  shots: { does: "screenshots of every page, desk, tablet and phone, light and dark, into shots/ [PATH…]", run: shots },
};

async function start(args) {
  const { values } = parseArgs({ args, options: { port: { type: "string" }, base: { type: "string", default: process.env.GLASSBOX_BASE ?? "/" } } });
  setUp();
  process.env.GLASSBOX_BASE = values.base;
  const { buildIfChanged } = await import("./build.mjs");
  if (!buildIfChanged()) return 1;
  const { serve } = await import("./serve.mjs");
  const { dist } = await import("./paths.mjs");
  const { url } = await serve({ folder: dist, port: Number(values.port ?? 4173), tries: values.port ? 0 : 50, base: values.base });
  console.log(`Glassbox is open at ${url} (Ctrl-C ends it)`);
}

async function test(args) {
  const { runTests } = await import("./test.mjs");
  return runTests(args);
}

async function build() {
  setUp();
  const { buildSite } = await import("./build.mjs");
  return buildSite() ? 0 : 1;
}

async function dev(args) {
  setUp();
  const { vite } = await import("./build.mjs");
  return vite(args);
}

/** Runs in this process: no second start-up, signals arrive, and standard output holds only what the engine writes. */
async function engine(args) {
  setUp({ quiet: true });
  const { bundle } = await import("./bundle.mjs");
  const { offerSoftwareVulkan } = await import("./paths.mjs");
  offerSoftwareVulkan();
  // `run FILE` is for programs of one's own: they are bundled as the command line itself is.
  const isOwn = args[0] === "run" && args[1] !== undefined;
  const program = await (isOwn ? bundle("own", args[1], ["engine", args[1]]) : bundle("engine", "engine/cli/main.ts", ["engine"]));
  process.argv = [process.argv[0], program, ...args.slice(isOwn ? 2 : 0)];
  const { pathToFileURL } = await import("node:url");
  await import(pathToFileURL(program).href);
  return process.exitCode;
}

async function benchPeers(args) {
  setUp({ browser: true });
  const { benchPeers: compare } = await import("../bench/peers/run.mjs");
  return compare(args);
}

async function lighthouse(args) {
  setUp({ browser: true });
  const { measurePages } = await import("./lighthouse.mjs");
  return measurePages(args);
}

async function shots(args) {
  setUp({ browser: true });
  const { takeShots } = await import("./shots.mjs");
  return takeShots(args);
}

/** Of dist/, or of a site that is already served: `npm run measure -- http://127.0.0.1:4173/`. */
async function measure([address]) {
  setUp({ browser: true });
  const { measure: measureSite } = await import("./measure.mjs");
  if (address) return measureSite(address);
  const { buildIfChanged } = await import("./build.mjs");
  if (!buildIfChanged()) return 1;
  const { serve } = await import("./serve.mjs");
  const { dist } = await import("./paths.mjs");
  const { url, close } = await serve({ folder: dist, port: 0 });
  return measureSite(url).finally(close);
}

async function soak([seconds, ...parts]) {
  setUp({ browser: true });
  const { soak: soakSite } = await import("./soak.mjs");
  const { buildIfChanged } = await import("./build.mjs");
  if (!buildIfChanged()) return 1;
  const { serve } = await import("./serve.mjs");
  const { dist } = await import("./paths.mjs");
  const { url, close } = await serve({ folder: dist, port: 0 });
  return soakSite(url, seconds === undefined ? undefined : Number(seconds), parts.length > 0 ? parts : undefined).finally(close);
}

const [name = "", ...args] = process.argv.slice(2);
if (!Object.hasOwn(commands, name)) {
  const lines = Object.entries(commands).map(([command, { does }]) => `  ${command.padEnd(11)} ${does}`);
  console.error(`usage: node scripts/run.mjs COMMAND\n${lines.join("\n")}`);
  process.exitCode = 2;
} else {
  try {
    process.exitCode = (await commands[name].run(args)) ?? process.exitCode ?? 0;
  } catch (error) {
    // A refusal in words needs no stack; anything else is a fault of these scripts and shows where it happened.
    console.error(process.env.DEBUG ? error : error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
