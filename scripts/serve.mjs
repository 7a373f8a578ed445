/**
 * A static server for dist/ that keeps the promises of a static host: `_headers` rules, clean folder addresses, a 404 page,
 * compression, ETags, and nothing outside the folder. `node scripts/serve.mjs [FOLDER] [--port N] [--base /book/]`.
 */
import { createReadStream, existsSync, readFileSync, realpathSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { headersFor, parseHeaderRules } from "./headers.mjs";

const types = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".webmanifest": "application/manifest+json; charset=utf-8",
  ".map": "application/json; charset=utf-8",
  ".txt": "text/plain; charset=utf-8",
  ".md": "text/markdown; charset=utf-8",
  ".xml": "application/xml; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".jpg": "image/jpeg",
  ".webp": "image/webp",
  ".ico": "image/x-icon",
  ".woff2": "font/woff2",
  ".wasm": "application/wasm",
  ".safetensors": "application/octet-stream",
  ".gz": "application/gzip",
};
const compressible = /^text\/|^application\/(json|xml|wasm|manifest)|svg/;

/** Starts serving; port 0 takes any free one, and `tries` more are tried after a busy one. Resolves to `{ url, close }`. */
export async function serve({ folder, port = 4173, tries = 0, host = "127.0.0.1", base = "/" }) {
  const root = realpathSync(folder);
  const answer = responder(root, base);
  const server = createServer((request, response) => {
    try {
      answer(request, response);
    } catch (error) {
      console.error(error);
      if (!response.headersSent) response.writeHead(500);
      response.end();
    }
  });
  for (let attempt = 0; ; attempt++) {
    const refused = await new Promise((settle) => {
      server.once("error", settle);
      server.listen(port === 0 ? 0 : port + attempt, host, () => {
        server.off("error", settle);
        settle(undefined);
      });
    });
    if (refused === undefined) break;
    if (refused.code !== "EADDRINUSE" || attempt >= tries) throw refused;
  }
  return {
    url: `http://${host}:${server.address().port}${base}`,
    close: () => new Promise((done) => (server.close(done), server.closeAllConnections())),
  };
}

function responder(root, base) {
  const rulesFile = join(root, "_headers");
  const rules = existsSync(rulesFile) ? parseHeaderRules(readFileSync(rulesFile, "utf8")) : [];
  const compressed = new Map();

  return (request, response) => {
    if (request.method !== "GET" && request.method !== "HEAD") return end(response, 405, { Allow: "GET, HEAD" });
    const path = decodedPath(request.url, base);
    if (path === undefined) return end(response, 400);
    let status = 200;
    let file = path === null ? undefined : fileInside(root, path);
    if (file === "folder") {
      const query = request.url.includes("?") ? request.url.slice(request.url.indexOf("?")) : "";
      return end(response, 301, { Location: `${base.slice(0, -1)}${encodeURI(path)}/${query}` });
    }
    if (file === undefined) {
      status = 404;
      file = fileInside(root, "/404.html");
      if (file === undefined) return end(response, 404);
    }
    const type = types[extname(file).toLowerCase()] ?? "application/octet-stream";
    const headers = { "Content-Type": type, "Cache-Control": "no-cache", ...headersFor(rules, base.slice(0, -1) + (path ?? "/404.html")) };
    send(request, response, status, file, headers, compressed);
  };
}

/** The decoded path below the base with single slashes; null when it lies outside the base, undefined when it is malformed. */
function decodedPath(url, base) {
  let path;
  try {
    path = decodeURIComponent(url.split(/[?#]/, 1)[0]);
  } catch {
    return undefined;
  }
  if (!path.startsWith("/") || path.includes("\0") || path.includes("\\") || path.split("/").includes("..")) return undefined;
  path = path.replace(/\/{2,}/g, "/");
  if (!path.startsWith(base)) return null;
  return path.slice(base.length - 1);
}

/** The file to send for a path, "folder" when the address lacks its final slash, undefined when there is nothing to show. */
function fileInside(root, path) {
  if (path === "/_headers" || path.split("/").some((part) => part.startsWith("."))) return undefined;
  const wanted = join(root, path.endsWith("/") ? `${path}index.html` : path);
  if (!existsSync(wanted)) return undefined;
  const real = realpathSync(wanted);
  if (!real.startsWith(root + sep)) return undefined;
  const about = statSync(real);
  if (about.isDirectory()) return existsSync(join(real, "index.html")) ? "folder" : undefined;
  return about.isFile() ? real : undefined;
}

/** The better one first, as hard as hosts compress what they are asked for. */
const codings = {
  br: (bytes) => brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } }),
  gzip: (bytes) => gzipSync(bytes, { level: 9 }),
};

function send(request, response, status, file, headers, compressed) {
  const { size, mtimeMs } = statSync(file);
  if (status === 200) headers.ETag = `W/"${size.toString(36)}-${Math.round(mtimeMs).toString(36)}"`;
  // What a browser has already is not sent again.
  if (headers.ETag && request.headers["if-none-match"]?.split(/,\s*/).includes(headers.ETag)) {
    response.writeHead(304, headers);
    return response.end();
  }
  const accepted = request.headers["accept-encoding"] ?? "";
  const coding = Object.keys(codings).find((name) => new RegExp(`\\b${name}\\b`).test(accepted));
  if (compressible.test(headers["Content-Type"])) headers.Vary = "Accept-Encoding";
  if (coding && headers.Vary && size > 500) {
    const key = `${coding} ${file} ${size} ${mtimeMs}`;
    if (!compressed.has(key)) compressed.set(key, codings[coding](readFileSync(file)));
    const bytes = compressed.get(key);
    response.writeHead(status, { ...headers, "Content-Encoding": coding, "Content-Length": bytes.length });
    return response.end(request.method === "HEAD" ? undefined : bytes);
  }
  response.writeHead(status, { ...headers, "Content-Length": size });
  if (request.method === "HEAD") return response.end();
  createReadStream(file).on("error", () => response.destroy()).pipe(response);
}

function end(response, status, headers = {}) {
  response.writeHead(status, { "Content-Type": types[".txt"], "Cache-Control": "no-cache", ...headers });
  response.end(`${status}\n`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { port: { type: "string", default: "4173" }, base: { type: "string", default: "/" } },
  });
  const { url } = await serve({ folder: resolve(positionals[0] ?? "dist"), port: Number(values.port), base: values.base });
  console.log(url);
}
