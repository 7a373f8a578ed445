import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "../scripts/paths.mjs";
import { serve } from "../scripts/serve.mjs";
import { patience } from "./figure.ts";
import { expect, test } from "./harness.ts";

// A project page under a folder of its host, built for that place.
test.describe.configure({ mode: "serial" });
let site: Awaited<ReturnType<typeof serve>>;
let folder = "";
test.beforeAll(async () => {
  test.setTimeout(180_000);
  folder = mkdtempSync(join(tmpdir(), "glassbox-book-"));
  const vite = join(root, "node_modules/vite/bin/vite.js");
  const env = { ...process.env, GLASSBOX_BASE: "/a/book/", GLASSBOX_ORIGIN: "https://example.org" };
  const status = await new Promise((done) => spawn(process.execPath, [vite, "build", "--outDir", folder, "--emptyOutDir", "--logLevel", "error"], { cwd: root, env, stdio: "inherit" }).on("exit", done));
  expect(status).toBe(0);
  site = await serve({ folder, port: 0, base: "/a/book/" });
});
test.afterAll(async () => {
  await site?.close();
  rmSync(folder, { recursive: true, force: true });
});

test.use({ tolerate: [/^request: http:\/\/127\.0\.0\.1:\d+\/a\/book\//] });

test("below a folder the book works: figures, links, search, headers, and nothing is asked for outside", async ({ page }) => {
  const outside: string[] = [];
  page.on("request", (request) => {
    const { pathname, protocol } = new URL(request.url());
    if (protocol === "http:" && !pathname.startsWith("/a/book/")) outside.push(pathname);
  });
  const response = await page.goto(`${site.url}attention/?backend=cpu`);
  expect(response?.headers()["content-security-policy"]).toContain("frame-ancestors 'none'");
  await expect(page.locator("figure[data-widget]").first()).toHaveAttribute("data-status", "live", { timeout: patience });
  await page.keyboard.press("/");
  await page.getByRole("combobox", { name: "Search the book" }).fill("gradient descent");
  await expect(page.locator("#found [role=option]").first()).toContainText("Gradient descent");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/a\/book\/gradient-descent\//);
  await page.getByRole("link", { name: "Contents" }).click();
  await expect(page).toHaveURL(/\/a\/book\/#contents$/);
  expect(outside).toEqual([]);
});

test("addresses that others read are whole ones", () => {
  const html = readFileSync(join(folder, "attention/index.html"), "utf8");
  expect(html).toContain('<link rel="canonical" href="https://example.org/a/book/attention/">');
  expect(html).toContain('<meta property="og:image" content="https://example.org/a/book/preview/attention.png">');
  expect(readFileSync(join(folder, "sitemap.xml"), "utf8")).toContain("<loc>https://example.org/a/book/attention/</loc>");
  expect(readFileSync(join(folder, "_headers"), "utf8")).toMatch(/^\/a\/book\/embed\/\*$/m);
});
