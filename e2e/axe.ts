import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { expect } from "./harness.ts";

/**
 * axe for a page without frames. Run in one piece, it writes out what it finds; run in parts and put together, as frames of other
 * origins need it, everything that it looks at, in more than twice the time. It is put into a document once.
 */
export async function axeIn(page: Page): Promise<AxeBuilder> {
  expect(page.frames(), "frames of a page that axe sees in one piece").toHaveLength(1);
  const there = await page.evaluate(() => "axe" in globalThis);
  return new AxeBuilder({ page, ...(there ? { axeSource: "0" } : {}) }).setLegacyMode().options({ resultTypes: ["violations"] });
}
