import { expect, test } from "vitest";
import type { PageMemoryFrame } from "../../../engine/tasks/pageMemory.ts";
import { defaults, valid, type AnyValues } from "../../widget/params.ts";
import { drawFrame, renderPoster } from "../../widget/poster.ts";
import { pagedBlocks } from "../pagedBlocks.ts";

const shown = (params: AnyValues) => renderPoster(pagedBlocks, params, {
  backend: () => Promise.reject(new Error("no tensors here")), getArtefact: () => Promise.reject(new Error("no pack here")),
});
/** Cells of all paths of a class. */
const cells = (svg: string, name: RegExp): number =>
  [...svg.matchAll(/<path[^>]*>/g)].filter(([path]) => name.test(path)).reduce((sum, [path]) => sum + (path.match(/M/g)?.length ?? 0), 0);

test.each(["contiguous", "paged", "shared"] as const)("with %s memory each place is one cell, in the colour of who holds it", async (policy) => {
  const { frame, svg } = await shown({ policy });
  const { used, reserved, idle } = frame as PageMemoryFrame;
  expect(cells(svg, /gb-block c-/)).toBe(used + idle);
  expect(cells(svg, /gb-block [^"]*gb-block-faded/)).toBe(idle);
  expect(cells(svg, /gb-masked-cells/)).toBe(reserved);
});

test("the common beginning is marked once, wherever conversations share it", async () => {
  const { frame, svg } = await shown({ policy: "shared" });
  // Two blocks of 16 hold the 32 tokens, and each bears the star.
  expect(svg.match(/★/g)).toHaveLength(2);
  const params = valid(pagedBlocks.params, { policy: "shared" }, defaults(pagedBlocks.params)) as AnyValues;
  const { sentence, table } = pagedBlocks.describe(frame, params);
  expect(sentence).toContain("whole blocks of the common beginning are shared");
  expect(table.rows.slice(2, 6).reduce((sum, [, count]) => sum + Number(count), 0)).toBe(1024);
  expect(drawFrame(pagedBlocks, frame, params, { narrow: true }).match(/★/g)).toHaveLength(2);
});
