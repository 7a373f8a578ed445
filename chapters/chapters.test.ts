import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { createReferenceBackend } from "../engine/backends/reference/referenceBackend.ts";
import { chapters, entries, pathOf } from "../src/app/catalogue.ts";
import { outline } from "../src/app/outline.ts";
import { renderPage } from "../src/app/renderPage.tsx";
import { surveyBook } from "../src/app/survey.tsx";
import type { FigureRequest } from "../src/prose/page.ts";
import { quizBias } from "../src/prose/quizBias.ts";
import { renderPosters } from "../src/widget/poster.ts";

/** What curriculum Appendix E and the worked boxes of these chapters pin, as plain text of the page. */
const printed: Readonly<Record<string, readonly string[]>> = {
  "gradient-descent": [
    "5, 4.6, 4.28, 4.024, 3.8192", "2.56", "1.6384", "1.0486", "0.6711", "3.0231", "takes 35 steps", "3.00101",
    "1.4, 4.28, 1.976", "1, 5, 1, 5", "0.8, 5.42, 0.338, 5.928",
    "plain descent210momentum99AdaGrad619Adam71", "at k = 210", "Adam needs 276 instead of 71",
  ],
  "neurons-and-backprop": [
    "w=1.12", "b=0.06", "y=2.30", "L=7.29", "5.9049", "2.813", "4.783", "factor 0.9 at each step", "turns −0.76 into 0", "136,961", "About 334 times",
  ],
  "training-dynamics": [
    "1500/32=46.9", "19,200 pictures: each one 12.8 times", "192 times", "2.303", "0.0052", "117", "there it is 0.25", "0.2510=9.5⋅10−7", "[0, 4, 6, 8]",
    "[−1.069, −0.535, 0.000, 1.604]", "[0.283, 0.566, 0.849, 1.697]", "[0.6, 0.8]", "3300.25540", "13,258", "26,506", "1,666",
  ],
  tokens: [
    "(w,e) 8; (▁,l) 7; (l,o) 7; (o,w) 7; (▁,n) 6; (n,e) 6; (e,w) 6; (e,s) 6; (s,t) 6; (e,r) 2",
    "we, ▁l, ▁lo, ▁n, ▁ne, ▁newe, ▁newes, ▁newest, ▁low, ▁lowe, ▁lower", "es, est, ▁l, ▁lo, ▁low",
    // Tokens stand in chips of their own; the text of a page joins them with a dot here.
    "lower reads ▁lo·we·r.", "the same word is ▁low·e·r.",
    "[1169,14855,3797]", "[1820,34707,8415]", "[3086,64475,9059]", "takes 8 / 8 / 7 tokens, and 9 in", "takes 4 everywhere", "17 / 10 / 4", "2 / 2 / 1",
    "cook·ing, co·oking and c·ooking", "Burmese21.514.83.98", "Amharic8.3", "Lao15.410.99.46", "Hindi8.655.341.55",
  ],
  "embeddings-and-position": [
    "[0.2, −0.7, 0.5]", "[−0.3, 0.1, 0.8]", "[0.9, −0.4, 0.2]", "[−0.5, 0.9, 0.0]", "00.000001.000000.000001.00000", "10.841470.540300.010000.99995",
    "20.90930−0.416150.020000.99980", "50,257 × 768 = 38,597,376", "1,024 × 768 = 786,432", "124,439,808 parameters", "4.159", "12,288", "16,384",
  ],
  attention: [
    "[0.0069, 0.2522, 0.4159, 0.0170, 0.3081]", "41.6 %", "[0.670, 0.330]", "[0.731, 0.269]", "[0.7, −0.7, −0.5]", "[0.338, 0.224, 0.438]",
    "[0.395, −0.389, 0.436]", "[0.433, 0.567]", "11.3",
  ],
  sampling: [
    "[0.000, 0.192, 0.521, 0.001, 0.286]", "[0.007, 0.252, 0.416, 0.017, 0.308]", "[0.043, 0.262, 0.337, 0.068, 0.290]",
    "[0.099, 0.244, 0.276, 0.124, 0.256]", "68.3 %", "a text of probability 0.20", "0.36", "0.122", "0.6000000000000001",
  ],
  "masks-and-heads": [
    // The cells of a table follow each other here without a space.
    "[0.109, 0.891]", "[1.000]", "0.1870.2520.561", "0.0910.1110.2470.551", "0.0890.1330.0730.1630.541",
    "[0.426, 0.078, 0.157, 0.105, 0.234]", "128: 67,108,864", "[0.426, 0.646, 0.712, 0.870, 1.000]",
  ],
  "kv-cache-and-serving": [
    "2 · 80 · 8 · 128 · 2 = 327,680 bytes = 320 KiB", "42.95 GB (40.0 GiB)", "in 8 bits 21.5 GB, in 4 bits 10.7 GB", "343.6 GB", "with a single one 5.4 GB",
    "GPT-2 small1212 × 6436 KiB", "Llama 2 7B3232 × 128512 KiB", "Llama 3.1 8B328 × 128128 KiB", "Mistral 7B328 × 128128 KiB", "GPT-39696 × 1284,608 KiB",
    "Llama 3.1 405B1268 × 128504 KiB", "9.66 GB for its whole window of 2,048", "take 35.3 GB", "holds 66 of them", "500,500 pairs", "295 operations",
  ],
  quantization: [
    "80.020115−71, 40, 127−1.4282, 0.8046, 2.55460.0034", "40.364943−4, 2, 7−1.4598, 0.7299, 2.55460.0501", "2.55460.161", "2.55460.802",
    "−1.42676, 0.81006, 2.55469", "−1.42969, 0.80859, 2.54688", "65,504", "3.39 · 10³⁸", "280, 140, 70, 35 GB", "36.1 GB", "39.7 GB",
    "take 4.5 bits", "one scale14.6 %100 %", "one scale0.8 %",
  ],
  "train-a-language-model": ["6.238", "10.825", "20.1", "136,960", "821,760", "8.2 · 10¹⁰"],
};

/** Statements that the book must not repeat (curriculum, Appendix F), as far as these chapters could. */
const refused: Readonly<Record<string, readonly RegExp[]>> = {
  "neurons-and-backprop": [/exponentially many (forward )?passes/],
  "gradient-descent": [/20 steps[^.]*3\.001\b/],
  tokens: [/lower reads ▁low·er\b/, /\b(22001|9379)\b/],
  "kv-cache-and-serving": [/128K[^.]*about 10 GB/, /only the weights/i],
  attention: [/0?\.02\D+0?\.20\D+0?\.33\D+0?\.06\D+0?\.29/, /explodes?\b(?!\. They)/],
  "embeddings-and-position": [/4,059/],
  quantization: [/INT4 70B[^.]*\b(laptop|consumer)/i, /fits? (?:on|into) (?:a|one) (?:laptop|24 GB)/i],
  "masks-and-heads": [/query of “?\?”? predicts “?\?”?/, /more heads (?:mean|need|have|bring) more (?:weights|parameters)/i],
};

const plain = (html: string): string =>
  html
    .replace(/<(?:svg|math|table class="gb)[^]*?<\/(?:svg|math|table)>/g, " ")
    .replaceAll('</span><span class="token">', "·")
    .replace(/<[^>]*>/g, "")
    .replaceAll("&amp;", "&").replaceAll("&quot;", '"').replaceAll("&#x27;", "'")
    .replace(/\s+/g, " ");

/** Figures that read a shipped pack are left out: this test is about the text. */
const posterOf = async ({ id, widget, params }: FigureRequest) =>
  widget.uses.length > 0 ? null : renderPosters(widget, params, { id, backend: async () => createReferenceBackend() });

test("there are chapters, each with a place in the plan of the book", () => {
  expect(chapters.length).toBeGreaterThanOrEqual(4);
  for (const { number, slug } of chapters) {
    if (number !== null) expect(outline.flatMap((part) => part.chapters).find(([at]) => at === number)?.[1], slug).toBe(slug);
  }
});

describe.each(entries.map(({ slug }) => slug))("%s", (slug) => {
  const page = renderPage(pathOf(slug), { base: "/", origin: null }, posterOf);

  test("renders with one main heading, and every link within the page has a target", async () => {
    const { body } = (await page)!;
    expect(body.match(/<h1/g)).toHaveLength(1);
    const ids = new Set([...body.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id));
    for (const [, target = ""] of body.matchAll(/href="#([^"?]*)/g)) expect(ids, `#${target}`).toContain(target);
    for (const [, target = ""] of body.matchAll(/(?:for|aria-labelledby)="([^"]+)"/g)) expect(ids, target).toContain(target);
  });

  test("uses every id once", async () => {
    const ids = [...(await page)!.body.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id!);
    expect(ids.filter((id, i) => ids.indexOf(id) !== i)).toEqual([]);
  });

  test("prints no broken number, and no formula or emphasis that was not set", async () => {
    const text = plain((await page)!.body);
    expect(text).not.toMatch(/\b(NaN|undefined|Infinity|\[object)\b/);
    expect(text).not.toMatch(/\$[^$\d\s][^$]{0,40}\$|\*\*\w|\\(?:frac|cdot|eta|mathbf)\b/);
  });

  const values = printed[slug];
  if (values) {
    test("prints the pinned values of its worked boxes", async () => {
      const text = plain((await page)!.body);
      for (const value of values) expect(text).toContain(value);
    });
  }

  const wrongs = refused[slug];
  if (wrongs) {
    test("does not repeat what its sources got wrong", async () => {
      const text = plain((await page)!.body);
      for (const wrong of wrongs) expect(text).not.toMatch(wrong);
    });
  }
});

test("no question of the book gives its answer away by place or length", async () => {
  const book = await surveyBook("/", () => "");
  expect(quizBias(book.flatMap(({ page }) => page.quizzes))).toEqual([]);
});

test("every chapter with worked numbers has its values pinned here", () => {
  const folder = fileURLToPath(new URL(".", import.meta.url));
  const withNumbers = readdirSync(folder).filter((name) => existsSync(`${folder}${name}/worked.ts`));
  expect(Object.keys(printed).sort()).toEqual(withNumbers.map((name) => name.replace(/^\d+-/, "")).sort());
});

test("only a chapter's index has a default export", () => {
  const root = fileURLToPath(new URL("..", import.meta.url));
  for (const folder of ["chapters", "src/app", "src/prose"]) {
    for (const file of readdirSync(`${root}${folder}`, { recursive: true, encoding: "utf8" })) {
      if (!/\.tsx?$/.test(file) || /^[^/\\]+[/\\]index\.tsx$/.test(file) || file.endsWith(".d.ts") || /\.test\./.test(file)) continue;
      expect(readFileSync(`${root}${folder}/${file}`, "utf8"), file).not.toMatch(/^export default/m);
    }
  }
});
