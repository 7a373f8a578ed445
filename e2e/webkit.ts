/**
 * WebKit by its own driver, where one is installed: WebKitGTK's WebKitWebDriver (Debian: webkit2gtk-driver), which speaks plain WebDriver
 * over HTTP. It hands out no console, so pages go through a server that puts a listener of ours before their first script.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { type AddressInfo } from "node:net";
import { delimiter, join } from "node:path";

const onPath = (name: string): string | undefined =>
  (process.env.PATH ?? "").split(delimiter).map((folder) => join(folder, name)).find((file) => existsSync(file));
const driver = process.env.GLASSBOX_WEBKIT_DRIVER ?? onPath("WebKitWebDriver");
const screen = process.env.WAYLAND_DISPLAY ?? process.env.DISPLAY;

/** Why no WebKit can be driven here; null where one can. */
export const noWebKit = driver === undefined || !existsSync(driver) ? "no WebKitWebDriver on this machine (Debian has it in webkit2gtk-driver)"
  : screen === undefined && onPath("Xvfb") === undefined ? "WebKit has no screen to draw on: neither a display nor Xvfb" : null;

export interface WebKit {
  /** Opens a path of the site; resolves when its load event has been. */
  open(path: string): Promise<void>;
  /** Runs a function in the page; it must use nothing from outside. */
  evaluate<T>(body: () => T): Promise<T>;
  /** What the open page complained about: errors, rejections, violations of its policy, files that did not come. */
  complaints(): Promise<string[]>;
  close(): Promise<void>;
}

/** Starts a WebKit for the site at this address. Throws: where it does not start. */
export async function launchWebKit(site: string): Promise<WebKit> {
  const started: ChildProcess[] = [];
  const run = (file: string, args: string[], env = process.env): ChildProcess => {
    const child = spawn(file, args, { env, stdio: ["ignore", "pipe", "ignore"] });
    started.push(child);
    return child;
  };
  const display = screen === undefined ? await displayOf(run(onPath("Xvfb")!, ["-displayfd", "1", "-screen", "0", "1280x900x24"])) : process.env.DISPLAY;
  const listening = await listeningServer(site);
  const port = await freePort();
  run(driver!, [`--port=${port}`, "--host=127.0.0.1"], { ...process.env, ...(display === undefined ? {} : { DISPLAY: display }) });
  const call = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
    const { value } = (await response.json()) as { value: unknown };
    if (!response.ok) throw new Error(`WebKit: ${method} ${path}: ${JSON.stringify(value).slice(0, 400)}`);
    return value;
  };
  const isUp = async (): Promise<boolean> => fetch(`http://127.0.0.1:${port}/status`).then(({ ok }) => ok, () => false);
  for (let tries = 0; !(await isUp()); tries++) {
    if (tries > 100) throw new Error("WebKit: its driver does not answer");
    await new Promise((resolve) => { setTimeout(resolve, 100); });
  }
  const { sessionId } = (await call("POST", "/session", { capabilities: {} })) as { sessionId: string };
  const session = `/session/${sessionId}`;
  const evaluate = async <T>(body: () => T): Promise<T> => (await call("POST", `${session}/execute/sync`, { script: `return (${String(body)})()`, args: [] })) as T;
  return {
    open: async (path) => { await call("POST", `${session}/url`, { url: new URL(path, listening.url).href }); },
    evaluate,
    complaints: () => evaluate(() => (globalThis as unknown as { complaints: string[] }).complaints),
    close: async () => {
      await call("DELETE", session).catch(() => undefined);
      for (const child of started) child.kill();
      await new Promise((done) => (listening.server.close(done), listening.server.closeAllConnections()));
    },
  };
}

const displayOf = (xvfb: ChildProcess): Promise<string> => new Promise((resolve, reject) => {
  xvfb.stdout!.once("data", (number: Buffer) => resolve(`:${String(number).trim()}`));
  xvfb.once("exit", () => reject(new Error("WebKit: Xvfb does not start")));
});

const listener = `const all = globalThis.complaints = [];
addEventListener("error", ({ message, target }) => all.push(message ?? "did not come: " + (target.src ?? target.href)), true);
addEventListener("unhandledrejection", ({ reason }) => all.push("rejected: " + reason));
addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) => all.push("policy: " + violatedDirective + " " + blockedURI));
const { error } = console;
console.error = (...words) => { all.push(words.join(" ")); error(...words); };`;

/** The site as it is, but that each page first loads the listener. */
async function listeningServer(site: string): Promise<{ url: string; server: Server }> {
  const server = createServer((request, response) => void (async () => {
    if (request.url === "/listener.js") return response.writeHead(200, { "Content-Type": "text/javascript" }).end(listener);
    const answer = await fetch(new URL(request.url!.slice(1), site), { redirect: "manual" });
    const headers = Object.fromEntries([...answer.headers].filter(([name]) => !/^(content-encoding|content-length|connection|keep-alive|transfer-encoding)$/.test(name)));
    const body = Buffer.from(await answer.arrayBuffer());
    const isPage = headers["content-type"]?.startsWith("text/html");
    response.writeHead(answer.status, headers).end(isPage ? body.toString().replace("<head>", '<head><script src="/listener.js"></script>') : body);
  })().catch(() => response.destroy()));
  await new Promise<void>((done) => { server.listen(0, "127.0.0.1", done); });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, server };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => { server.listen(0, "127.0.0.1", done); });
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => { server.close(done); });
  return port;
}
