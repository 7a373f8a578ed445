import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { minify, type Plugin, transformWithOxc } from "vite";

const source = join(import.meta.dirname, "../../embed/element.ts");
/** Types alone: published as it is, for who writes a page in TypeScript. */
const messages = join(import.meta.dirname, "../../embed/protocol.ts");

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
      const source = await elementScript();
      // The second address has the major version of the messages in its path, and will always speak that version.
      for (const fileName of ["embed.js", "embed/v1.js"]) this.emitFile({ type: "asset", fileName, source });
      this.emitFile({ type: "asset", fileName: "embed/messages.d.ts", source: await readFile(messages, "utf8") });
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
