import { createServer, type Server } from "node:http";
import type { Page } from "@playwright/test";

/**
 * What a page of another site complains about by its nature: it asks another origin, and its sandboxes refuse.
 * One pattern: Playwright reads a list of two as a value and its options.
 */
export const foreign = [/^request: http:\/\/localhost|sandboxed|frame-ancestors|^request: chrome-error/];

const servers: Server[] = [];

/** Shows a page of another site, served on `localhost` where the book is on 127.0.0.1. */
export async function openHost(page: Page, body: string): Promise<void> {
  const html = `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><title>host</title>${body}`;
  const server = createServer((_request, response) => response.setHeader("Content-Type", "text/html").end(html));
  servers.push(server);
  await new Promise<void>((resolve) => { server.listen(0, "localhost", resolve); });
  await page.goto(`http://localhost:${(server.address() as { port: number }).port}/`);
}

/** After each test that opened one. */
export function closeHosts(): void {
  for (const server of servers.splice(0)) server.close();
}
