import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { elementScript } from "./embedElement.ts";

test("embed.js is one classic script of at most 3 KB gzip", async () => {
  const code = await elementScript();
  expect(code).not.toMatch(/\b(import|export|require)\b/);
  expect(gzipSync(code).length).toBeLessThanOrEqual(3072);
  expect(code).toContain("glass-box");
});
