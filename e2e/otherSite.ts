import { createServer, type Server } from "node:http";
import type { Locator, Page } from "@playwright/test";

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

/** A window in which so many embeds of 600 px in height are all on the screen. */
export async function sizeFor(page: Page, count: number, width = 720): Promise<void> {
  const columns = Math.ceil(Math.sqrt(count));
  await page.setViewportSize({ width: columns * (width + 8) + 32, height: Math.ceil(count / columns) * 624 + 16 });
}

/** The figure in the iframe that has its widget's name. */
export const figureOf = (page: Page, id: string): Locator => page.frameLocator(`iframe[name="${id}"]`).locator(`figure[data-widget="${id}"]`);

export function inGroups(ids: readonly string[], most: number): string[][] {
  const count = Math.ceil(ids.length / most);
  return Array.from({ length: count }, (_, i) => ids.filter((_id, at) => at % count === i));
}
