import { expect, test } from "vitest";
import { alwaysThere, drawnSigns } from "./fonts.ts";
import { posterFiles } from "./previews.ts";

const svg = (text: string, family: string): string =>
  `<svg viewBox="0 0 40 40"><text x="10" y="28" font-size="20" fill="#000" font-family="${family}">${text.replaceAll("&", "&amp;").replaceAll("<", "&lt;")}</text></svg>`;

test("every sign that figures may draw is drawn in the pictures of posters, in each of the book's families", async () => {
  for (const family of ["Inter", "JetBrains Mono"]) {
    // No font has this sign: it is drawn as what stands for a missing one.
    const blank = (await posterFiles(svg("\u2603", family)))["poster.light.png"];
    const missing: string[] = [];
    for (const sign of new Set(alwaysThere + drawnSigns)) {
      if (sign <= "~" || sign.trim() === "") continue;
      const picture = (await posterFiles(svg(sign, family)))["poster.light.png"];
      if (Buffer.compare(Buffer.from(picture as Uint8Array), Buffer.from(blank as Uint8Array)) === 0) missing.push(sign);
    }
    expect(missing, family).toEqual([]);
  }
}, 60_000);
