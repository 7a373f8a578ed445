/** Serves the comparison's page, isolated from other origins: only then may libraries use threads, as most of the peers want to. */
import { createReadStream, existsSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";

const types = { ".html": "text/html", ".js": "text/javascript", ".mjs": "text/javascript", ".wasm": "application/wasm", ".txt": "text/plain; charset=utf-8" };

/** `places` maps addresses to files, and addresses that end in a slash to folders; the longest that fits counts. */
export async function serve(places) {
  const prefixes = Object.keys(places).sort((a, b) => b.length - a.length);
  const server = createServer((request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url, "http://x").pathname)).replaceAll("\\", "/");
    const prefix = prefixes.find((each) => path === each || (each.endsWith("/") && path.startsWith(each)));
    const file = prefix && join(places[prefix], path === "/" ? "index.html" : path.slice(prefix.length));
    if (!file || !existsSync(file) || !statSync(file).isFile()) return void response.writeHead(404).end();
    response.writeHead(200, {
      "Content-Type": types[extname(file)] ?? "application/octet-stream", "Content-Length": statSync(file).size,
      "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp",
    });
    createReadStream(file).pipe(response);
  });
  await new Promise((done) => { server.listen(0, "127.0.0.1", done); });
  return {
    url: `http://127.0.0.1:${server.address().port}/`,
    close: () => new Promise((done) => (server.close(done), server.closeAllConnections())),
  };
}
