/** Screenshots of the built pages at desk, tablet and phone size, light and dark, to look at by eye: shots/PAGE-SIZE-SCHEME-PART.png. */
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { buildIfChanged } from "./build.mjs";
import { browserOptions, dist, root, webgpuFlags } from "./paths.mjs";
import { serve } from "./serve.mjs";

const sizes = { desk: { width: 1440, height: 900 }, tablet: { width: 820, height: 1180 }, phone: { width: 390, height: 844 } };
const patience = 10_000;
/** Pixels of a page in one picture: taller ones are refused by a busy browser, and nobody can look at them. */
const tall = 3600;

/** Takes them for these paths (`/attention/`), or for all of the site map. Resolves to the exit status. */
export async function takeShots(paths) {
  if (!buildIfChanged()) return 1;
  const map = readFileSync(join(dist, "sitemap.xml"), "utf8");
  const all = [...map.matchAll(/<loc>\s*([^<\s]+)/g)].map(([, address]) => new URL(address, "http://127.0.0.1").pathname);
  const folder = join(root, "shots");
  mkdirSync(folder, { recursive: true });
  const { url, close } = await serve({ folder: dist, port: 0 });
  const browser = await chromium.launch({ ...browserOptions(), args: webgpuFlags });
  try {
    for (const path of paths.length ? paths : all) {
      for (const [size, viewport] of Object.entries(sizes)) {
        for (const colorScheme of ["light", "dark"]) {
          const page = await browser.newPage({ viewport, colorScheme });
          await page.goto(new URL(path, url).href);
          const loading = page.locator('[data-widget][data-status="loading"]');
          await loading.first().waitFor({ state: "detached", timeout: patience }).catch(() => console.log(`${path}: a figure still loads`));
          const name = `${path.replaceAll("/", " ").trim().replaceAll(" ", "-") || "home"}-${size}-${colorScheme}`;
          const height = await page.evaluate(() => document.documentElement.scrollHeight);
          for (let y = 0, part = 1; y < height; y += tall, part++) {
            const file = join(folder, `${name}-${part}.png`);
            await page.screenshot({ path: file, fullPage: true, clip: { x: 0, y, width: viewport.width, height: Math.min(tall, height - y) } });
            console.log(file);
          }
          await page.close();
        }
      }
    }
  } finally {
    await browser.close();
    await close();
  }
  return 0;
}
