/**
 * Who may import what: engine ← src ← chapters. The first row whose `files` fits decides for a file. `may` are folders or files of
 * this project and names of packages (`d3-*` any that begin so, `*` any package at all); `types` may be imported as types only.
 * A file may always import from `own`, by default the folder of its row.
 */
export const table = [
  { files: /^engine\/.*\.test\.ts$/, own: "engine", may: ["*"], reason: "tests of the engine may use any package, but nothing above it" },
  { files: /\.test\.tsx?$/, free: true },
  { files: /^engine\/(cli|testing|fixtures)\//, own: "engine", may: ["*"], reason: "the command line may use any package, but nothing above the engine" },
  { files: /^engine\/.*Node\.ts$/, own: "engine", may: ["node:*", "webgpu"], reason: "the Node side of the engine uses Node and Dawn alone" },
  // The kernels are the engine's own, compiled by set-up into the cache.
  { files: /^engine\/worker\/backends\.ts$/, own: "engine", may: ["node_modules/.cache/glassbox/kernels.wasm"], reason: "the engine imports nothing but itself" },
  { files: /^engine\//, own: "engine", may: [], reason: "the engine imports nothing but itself" },
  {
    files: /^src\/charts\//,
    own: "src/charts",
    may: ["d3-*"],
    types: ["engine", "src/widget"],
    reason: "charts draw with d3 what they are given",
  },
  { files: /^src\/keep\/fixtures\//, free: true },
  {
    files: /^src\/keep\//,
    own: "src/keep",
    may: ["idb", "fflate", "engine"],
    reason: "what the reader keeps is stored without knowing widgets, prose or pages",
  },
  { files: /^src\/widget\/poster\.ts$/, own: "src/widget", may: ["happy-dom", "engine"], reason: "posters are drawn at build time, on a DOM of Node" },
  {
    files: /^src\/widget\//,
    own: "src/widget",
    may: ["react", "react-dom", "zustand", "engine", "src/keep"],
    reason: "the widget machinery knows react, zustand, the engine and what the reader keeps, no widget and no prose",
  },
  {
    files: /^src\/prose\//,
    own: "src/prose",
    may: ["react", "react-dom", "katex", "markdown-it", "src/widget"],
    reason: "prose speaks of widgets through src/widget only",
  },
  { files: /^src\/widgets\/index\.ts$/, own: "src/widgets", may: ["src/widget"], reason: "the catalogue of widgets only lists them" },
  {
    // A widget that needs several files keeps them in a folder of its own name.
    files: /^(?<own>src\/widgets\/[^/.]+)/,
    may: ["src/widget", "src/charts", "engine"],
    reason: "a widget is made of src/widget, src/charts and the engine, never of another widget",
  },
  {
    files: /^(?<own>chapters\/[^/]+)\/worked\.ts$/,
    may: ["src/prose", "src/widgets", "engine"],
    types: ["react"],
    reason: "worked numbers may use the engine",
  },
  {
    files: /^(?<own>chapters\/[^/]+)\//,
    may: ["src/prose", "src/widgets"],
    types: ["react"],
    reason: "a chapter is prose around widgets",
  },
  {
    files: /^src\/app\/build\//,
    own: "src/app",
    may: ["*", "src/prose", "src/widget"],
    types: ["engine"],
    reason: "the Vite plugin runs in Node and speaks to pages through renderPage",
  },
  {
    files: /^(?<own>src\/(app|embed))\//,
    may: ["react", "react-dom", "minisearch", "src/keep", "src/prose", "src/widget", "src/widgets/index.ts", "src/app/styles"],
    reason: "pages know widgets and chapters through their catalogues only",
  },
];

/** The sentence that refuses `target` (a path from the root, or a package) in `file`; undefined where it is allowed. */
export function refusal(file, target, { isPath, isType }) {
  const row = table.find(({ files }) => files.test(file));
  if (!row || row.free) return undefined;
  const own = row.files.exec(file)?.groups?.own ?? row.own;
  const allowed = [own, ...row.may, ...(isType ? (row.types ?? []) : [])];
  if (allowed.some((name) => (isPath ? holds(name, target) : namesPackage(name, target)))) return undefined;
  return `${file} may not import ${target}: ${row.reason}`;
}

const holds = (place, path) => path === place || path.startsWith(`${place}/`) || path.startsWith(`${place}.`);

function namesPackage(name, specifier) {
  if (name === "*") return true;
  if (name.endsWith("*")) return specifier.startsWith(name.slice(0, -1));
  return specifier === name || specifier.startsWith(`${name}/`);
}
