import type { Locator } from "@playwright/test";
import { cellsOf, openLive, patience, showTable } from "./figure.ts";
import { expect, test } from "./harness.ts";

const id = "attention-heatmap";
const sentence = (figure: Locator) => figure.locator("input[name=text]");

/** Types text that a keyboard cannot: as a paste would, past every check of the test's own tools. */
const paste = (figure: Locator, units: number[]) => sentence(figure).evaluate((input, codes) => {
  const value = codes.map((code) => String.fromCharCode(code)).join("");
  Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value")!.set!.call(input, value);
  input.dispatchEvent(new Event("input", { bubbles: true }));
}, units);

const unitsOf = (text: string): number[] => Array.from({ length: text.length }, (_, i) => text.charCodeAt(i));

/** The bytes that displayed tokens stand for: undoes ▁, pictures of control characters, `<0xE2>` and `<U+200D>`. */
function bytesOf(pieces: readonly string[]): Buffer {
  return Buffer.concat(pieces.flatMap((piece) => (piece.match(/<0x[0-9A-F]{2}>|<U\+[0-9A-F]{4,}>|./gsu) ?? []).map((sign) => {
    const byte = /^<0x(..)>$/.exec(sign)?.[1];
    if (byte !== undefined) return Buffer.from([Number.parseInt(byte, 16)]);
    const point = /^<U\+(\w+)>$/.exec(sign)?.[1];
    if (point !== undefined) return Buffer.from(String.fromCodePoint(Number.parseInt(point, 16)));
    const code = sign.codePointAt(0)!;
    if (sign === "▁") return Buffer.from(" ");
    if (sign === "␡") return Buffer.from([0x7f]);
    return code >= 0x2400 && code < 0x2420 ? Buffer.from([code - 0x2400]) : Buffer.from(sign);
  })));
}

/** The tokens of the open table, without the start. */
const tokensOf = async (table: Locator): Promise<string[]> => (await cellsOf(table))[0]!.slice(2);
const textOf = async (table: Locator): Promise<string> => bytesOf(await tokensOf(table)).toString("utf8");

test("what is typed is shown as tokens, byte for byte, and every row sums to one", async ({ page }) => {
  const figure = await openLive(page, id);
  const table = await showTable(figure);
  await sentence(figure).fill("");
  await sentence(figure).pressSequentially("The little dog", { delay: 10 });
  await expect.poll(() => textOf(table), { timeout: patience }).toBe("The little dog");
  const [, ...rows] = await cellsOf(table);
  for (const [query, [, ...cells]] of rows.entries()) {
    const open = cells.slice(0, query + 1).map(Number);
    expect(Math.abs(open.reduce((sum, weight) => sum + weight, 0) - 1)).toBeLessThan(5e-4 * open.length);
    expect(cells.slice(query + 1).every((cell) => cell === "masked")).toBe(true);
  }
  await expect(table.locator("tbody tr:first-child > th[scope=row]")).toHaveText("start");
});

test("the picture and the table say the same numbers", async ({ page }) => {
  const figure = await openLive(page, id, { hash: "text=The%20little%20dog%20ran&layer=1&head=1" });
  const table = await showTable(figure);
  const [, ...rows] = await cellsOf(table);
  const weights = rows.map(([, ...cells]) => cells.map((cell) => (cell === "masked" ? null : Number(cell))));
  // Colour classes are read back from the paths: each rectangle of the path of class q… lies on one cell.
  const drawn = await figure.evaluate((element) => {
    const paths = [...element.querySelectorAll<SVGPathElement>(".gb-heatmap:not(.gb-thumb *) path[d]")].filter((path) => !path.closest(".gb-thumb"));
    return {
      paths: paths.map((path) => ({ name: path.getAttribute("class") ?? "", d: path.getAttribute("d") ?? "" })),
      numbers: [...element.querySelectorAll(".gb-cell-numbers text")].map((text) => text.textContent),
    };
  });
  const classes = weights.map((row) => row.map(() => NaN));
  const paint = (d: string, unit: number, value: number): void => {
    let [x, y] = [0, 0];
    for (const [, move, right, down, wide] of d.matchAll(/([Mm])([\d.-]+),([\d.-]+)h([\d.]+)/g)) {
      [x, y] = [Number(right) + (move === "m" ? x : 0), Number(down) + (move === "m" ? y : 0)];
      for (let k = 0; k < Math.max(1, Math.round(Number(wide) / unit)); k++) classes[Math.round(y / unit)]![Math.round(x / unit) + k] = value;
    }
  };
  // Those that hold a number are measured in cells, hatched ones in pixels: the first row has one cell that is not.
  for (const { name, d } of drawn.paths) paint(d, name === "gb-masked-cells" ? Number(/^M([\d.]+)/.exec(d)![1]) : 1, name === "gb-masked-cells" ? -1 : Number(name.slice(1)));
  for (const [query, row] of weights.entries()) {
    for (const [key, weight] of row.entries()) {
      const expected = weight === null ? -1 : Math.min(62, Math.floor(Math.sqrt(weight) * 63));
      expect(Math.abs(classes[query]![key]! - expected), `cell ${query},${key} of weight ${weight}`).toBeLessThanOrEqual(weight === null ? 0 : 1);
    }
  }
  const open = weights.flatMap((row) => row.filter((weight) => weight !== null));
  expect(drawn.numbers).toHaveLength(open.length);
  for (const [i, weight] of open.entries()) expect(Math.abs(Number(drawn.numbers[i]) - weight)).toBeLessThan(0.0051);
});

const strange: Record<string, readonly [units: number[], kept: string]> = {
  emoji: [unitsOf("I like 🙂👩‍👩‍👧 cake"), "I like 🙂👩‍👩‍👧 cake"],
  Burmese: [unitsOf("မြန်မာစာ"), "မြန်မာစာ"],
  "lone surrogates": [[97, 0xd83d, 98, 0xde42], "a\ufffdb\ufffd"],
  "control characters": [[97, 0, 1, 9, 27, 127, 0x85, 0x202e, 98], "a\0\u0001\t\u001b\u007f\u0085\u202eb"],
  markup: [unitsOf('"><img src=x onerror=alert(1)>'), '"><img src=x onerror=alert(1)>'],
  "nothing at all": [[], ""],
};

test(`${Object.keys(strange).join(", ")}: shown as tokens, byte for byte`, async ({ page }) => {
  const figure = await openLive(page, id);
  const table = await showTable(figure);
  for (const [name, [units, kept]] of Object.entries(strange)) {
    await paste(figure, units);
    await expect.poll(() => textOf(table), { timeout: patience, message: name }).toBe(kept);
    await expect(figure).toHaveAttribute("data-status", "live");
  }
  expect(await figure.locator(".gb-stage img").count()).toBe(0);
});

test("ten thousand characters are clipped with a notice, and the figure goes on", async ({ page }) => {
  const figure = await openLive(page, id);
  const table = await showTable(figure);
  await paste(figure, unitsOf("dog cat ".repeat(1250)));
  await expect(figure.getByText("Only the first 1000 bytes are kept.")).toBeVisible();
  await expect.poll(async () => (await tokensOf(table)).length, { timeout: patience }).toBe(63);
  await expect(figure.locator("svg").first()).toContainText(/longer than this picture: its last 63 tokens/);
  expect("dog cat ".repeat(125).endsWith(await textOf(table))).toBe(true);
  await sentence(figure).fill("The dog");
  await expect.poll(() => textOf(table), { timeout: patience }).toBe("The dog");
});

test("arrow keys walk through the cells and each is spoken, masked ones too", async ({ page }) => {
  const figure = await openLive(page, id, { hash: "text=The%20dog" });
  const weight = await (await showTable(figure)).locator("tbody tr").nth(1).locator("td").nth(0).innerText();
  const matrix = figure.locator(".gb-cells").first();
  await matrix.focus();
  const spoken = async () => {
    const active = await matrix.getAttribute("aria-activedescendant");
    return figure.locator(`[id="${active}"]`).getAttribute("aria-label");
  };
  await page.keyboard.press("Control+Home");
  expect(await spoken()).toBe("query ‘start’ to key ‘start’, 1.00, rank 1 of 1");
  await page.keyboard.press("ArrowRight");
  expect(await spoken()).toMatch(/^query ‘start’ to key ‘.+’, masked$/);
  await page.keyboard.press("Home");
  await page.keyboard.press("ArrowDown");
  expect(await spoken()).toMatch(new RegExp(`^query ‘.+’ to key ‘start’, ${Number(weight).toFixed(2)}, rank \\d of 2$`));
  await page.keyboard.press("End");
  expect(await spoken()).toMatch(/, masked$/);
  await expect(figure.locator("svg").first()).toContainText("replaces the score");
});

test("text, layer and head come back with the address", async ({ page }) => {
  const figure = await openLive(page, id);
  await sentence(figure).fill("Snow & the = fox? #1 🙂");
  await figure.locator(".gb-thumbs .gb-thumb").nth(9).click();
  await expect(page).toHaveURL(/head=1&layer=2&text=/);
  await page.reload();
  await expect(figure).toHaveAttribute("data-controls", "live", { timeout: patience });
  await expect(sentence(figure)).toHaveValue("Snow & the = fox? #1 🙂");
  await expect(figure.locator(".gb-thumb[aria-selected=true]")).toHaveAttribute("aria-label", /layer 2, head 1/);
});

test("a bad address shows the defaults", async ({ page }) => {
  const figure = await openLive(page, id);
  const chosen = figure.locator(".gb-thumb[aria-selected=true]");
  const [head, text] = [(await chosen.getAttribute("aria-label"))!, await sentence(figure).inputValue()];
  await page.goto("about:blank");
  await openLive(page, id, { hash: "layer=banana&head=NaN&scale=toString&v=1&constructor=1" });
  await expect(chosen).toHaveAttribute("aria-label", head);
  await expect(sentence(figure)).toHaveValue(text);
  await page.goto("about:blank");
  await openLive(page, id, { hash: `layer=99&text=%E0%A4%A${"🙂".repeat(4000)}` });
  await expect(chosen).toHaveAttribute("aria-label", /layer 3/);
});

test("a press on a likely next token adds it to the sentence", async ({ page }) => {
  const figure = await openLive(page, id, { hash: "text=Once%20upon%20a" });
  const best = figure.locator(".gb-bars [role=button]").first();
  const label = (await best.getAttribute("aria-label"))!;
  const token = /^add ‘(.+)’/.exec(label)![1]!.replaceAll("▁", " ");
  await best.click();
  await expect(sentence(figure)).toHaveValue(`Once upon a${token}`);
});
