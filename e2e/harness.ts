import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type BrowserContext, expect, test as base } from "@playwright/test";
import { dist } from "../scripts/paths.mjs";

export { expect };

/** What a test of a page may ask of the harness. */
interface Options {
  /** Complaints (console errors, exceptions, foreign requests) that this test causes on purpose. */
  tolerate: RegExp[];
}

interface Watch {
  /** Everything the pages of this test complained about so far. A complaint nobody tolerates fails the test at its end. */
  complaints: string[];
}

/** Playwright's test, but every page is watched: an error, a policy violation or a request to another origin fails the test. */
export const test = base.extend<Options & Watch>({
  tolerate: [[], { option: true }],
  complaints: [
    async ({ context, baseURL, tolerate }, use) => {
      const complaints: string[] = [];
      await watch(context, new URL(baseURL ?? "http://127.0.0.1/").origin, (complaint) => complaints.push(complaint));
      await use(complaints);
      const unexpected = complaints.filter((complaint) => !tolerate.some((pattern) => pattern.test(complaint)));
      expect(unexpected, "complaints of the page").toEqual([]);
    },
    { auto: true },
  ],
});

async function watch(context: BrowserContext, origin: string, complain: (complaint: string) => void): Promise<void> {
  context.on("console", (message) => {
    if (message.type() === "error") complain(`console: ${message.text()} (${message.location().url})`);
  });
  context.on("weberror", (error) => complain(`exception: ${String(error.error())}`));
  context.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith(`${origin}/`) && !/^(data|blob|about):/.test(url)) complain(`request: ${url}`);
  });
  // Frames without an address of their own, and policies that only report, do not always write to the console.
  await context.exposeBinding("glassboxViolation", (_source, what: string) => complain(`policy: ${what}`));
  await context.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", (event) => {
      const report = (globalThis as unknown as { glassboxViolation(what: string): void }).glassboxViolation;
      report(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`);
    });
  });
}

/** The paths of every page of the built site, from its site map. Throws when there is no site or the map is empty. */
export function sitePaths(): string[] {
  const file = join(dist, "sitemap.xml");
  const map = existsSync(file) ? readFileSync(file, "utf8") : "";
  const paths = [...map.matchAll(/<loc>\s*([^<\s]+)\s*<\/loc>/g)].map(([, address = ""]) => new URL(address, "http://127.0.0.1").pathname);
  if (paths.length === 0) throw new Error(`sitePaths: no page is listed in ${file}`);
  return paths;
}
