import { parseAst, type Plugin, transformWithOxc } from "vite";

/** The parts of a syntax tree that are looked at here. */
interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly key?: { readonly name?: string };
  readonly value?: Node;
  readonly shorthand?: boolean;
}

/** What only the tests of an op read. */
const forTests = new Set(["examples", "samples"]);

/** A module of an op without the worked examples and sample shapes of its kernels. `code` is JavaScript. */
export function withoutExamples(code: string): string {
  const cuts: [number, number][] = [];
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) node.forEach(visit);
    else if (typeof node === "object" && node !== null) {
      const { type, key, value, shorthand, start, end } = node as Node;
      if (type === "Property" && !shorthand && forTests.has(key?.name ?? "") && value?.type === "ArrayExpression") cuts.push([start, end]);
      else Object.values(node).forEach(visit);
    }
  };
  visit(parseAst(code));
  let lean = "", at = 0;
  for (const [start, end] of cuts) {
    lean += code.slice(at, start);
    // The comma goes too: an object literal may not begin or go on with two.
    at = end + (/^\s*,/.exec(code.slice(end))?.[0].length ?? 0);
  }
  return lean + code.slice(at);
}

/** Pages do not carry what only the tests of an op read: 1.7 KB of scripts where a transformer is trained. */
export function leanKernels(): Plugin {
  return {
    name: "glassbox:lean-kernels",
    apply: "build",
    enforce: "pre",
    transform: {
      filter: { id: /\/engine\/ops\/[^/]+\.ts$/ },
      async handler(code, id) {
        const { code: plain } = await transformWithOxc(code, id, { target: "es2022" });
        return { code: withoutExamples(plain), map: null, moduleType: "js" };
      },
    },
  };
}
