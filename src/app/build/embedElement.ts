import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { minify, type Plugin, transformWithOxc } from "vite";

const source = join(import.meta.dirname, "../../embed/element.ts");

/** `embed.js`: the custom element as one small classic script, without imports and without a hash in its name. */
export async function elementScript(): Promise<string> {
  const { code } = await transformWithOxc(await readFile(source, "utf8"), source, { target: "es2022" });
  return (await minify("embed.js", code, { module: false })).code;
}

/** Adds `embed.js` to the site, built and in development. */
export function embedElement(base = "/"): Plugin {
  return {
    name: "glassbox:embed-element",
    async generateBundle() {
      this.emitFile({ type: "asset", fileName: "embed.js", source: await elementScript() });
    },
    configureServer(server) {
      server.middlewares.use(`${base}embed.js`, (_request, response, next) => {
        elementScript().then((code) => {
          response.setHeader("Content-Type", "text/javascript");
          response.setHeader("Access-Control-Allow-Origin", "*");
          response.end(code);
        }, next);
      });
    },
  };
}
