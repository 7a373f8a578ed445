import { expect, test } from "vitest";
import type { ServeRequestsFrame } from "../../../engine/tasks/serveRequests.ts";
import { defaults, valid, type AnyValues } from "../../widget/params.ts";
import { renderPoster } from "../../widget/poster.ts";
import { servingSimulator } from "../servingSimulator.ts";

const shown = (params: AnyValues) => renderPoster(servingSimulator, params, {
  backend: () => Promise.reject(new Error("no tensors here")), getArtefact: () => Promise.reject(new Error("no pack here")),
});
const stretches = (svg: string, name: string): number[] =>
  [...svg.matchAll(new RegExp(`<path class="${name}"(?: d="([^"]*)")?`, "g"))].map(([, d]) => d?.match(/M/g)?.length ?? 0);

test("each request is a stretch of reading and one of writing; only static batches leave places taken", async () => {
  for (const policy of ["static", "continuous"] as const) {
    const { frame, svg } = await shown({ policy });
    const { served } = frame as ServeRequestsFrame;
    expect(stretches(svg, "gb-cell-kept")).toEqual([served.length]);
    expect(stretches(svg, "gb-cell-again")[0]).toBe(served.length);
    const held = served.filter(({ finishes, frees }) => frees > finishes).length;
    expect(stretches(svg, "gb-cell-room")).toEqual([held]);
    expect(held > 0).toBe(policy === "static");
  }
});

test("its table has both policies, and the sentence compares them", async () => {
  const { frame, table, sentence } = await shown({ policy: "continuous" });
  const { facts, other } = frame as ServeRequestsFrame;
  const written = (value: number): string => value.toLocaleString("en-US", { maximumFractionDigits: 0 });
  expect(table.columns).toEqual(["what", "continuous batches", "static batches"]);
  expect(table.rows[0]).toEqual(["tokens a second, all answers", written(facts!.throughput), written(other!.throughput)]);
  expect(sentence).toContain(`at ${written(facts!.throughput)} tokens a second`);
});

test("a model that does not fit is a sentence, not a broken picture", async () => {
  const { svg, sentence } = await shown({ model: "gpt3" });
  expect(sentence).toBe("The weights leave no room for the cache of any of these requests.");
  expect(svg).not.toMatch(/NaN|Infinity|undefined/);
  expect(valid(servingSimulator.params, { rate: 1e9 }, defaults(servingSimulator.params)).rate).toBe(40);
});
