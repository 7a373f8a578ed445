import { createServer, type Server } from "node:http";
import type { Page } from "@playwright/test";

/** Complaints that a page of another site makes by being one. */
export const foreign = /^request: http:\/\/localhost|sandboxed|frame-ancestors|frame-src|^request: chrome-error/;

export interface OtherSite {
  /** Shows a page of another site, served on `localhost` where the book is on 127.0.0.1. */
  show(page: Page, html: string, headers?: Readonly<Record<string, string>>): Promise<void>;
  close(): void;
}

export function otherSite(): OtherSite {
  const servers: Server[] = [];
  return {
    async show(page, html, headers = {}) {
      const whole = `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><title>host</title>${html}`;
      const server = createServer((_request, response) => response.writeHead(200, { "Content-Type": "text/html", ...headers }).end(whole));
      servers.push(server);
      await new Promise<void>((resolve) => { server.listen(0, "localhost", resolve); });
      await page.goto(`http://localhost:${(server.address() as { port: number }).port}/`);
    },
    close: () => { for (const server of servers.splice(0)) server.close(); },
  };
}
