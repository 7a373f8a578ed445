import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { Window } from "happy-dom";
import { describe, expect, test } from "vitest";
import { createCpuBackend } from "../../engine/backends/cpu/cpuBackend.ts";
import { loadWasm } from "../../engine/backends/cpu/loadNode.ts";
import type { Widget } from "../widget/defineWidget.ts";
import { type AnyValues, defaults, type Param, valid, validValue } from "../widget/params.ts";
import { decode, encode } from "../widget/permalink.ts";
import { type Poster, renderPoster } from "../widget/poster.ts";
import { createStage } from "../widget/stage.ts";
import { widgets } from "./index.ts";

/** What holds for every widget's links, numbers and keyboard; a new one is covered on the day it is added. */
const packs = join(import.meta.dirname, "../../public");
const missing = (widget: Widget): boolean => widget.uses.some((name) => !existsSync(join(packs, name))) && !process.env.CI;
const drawn = new Map<Widget, Promise<Poster>>();
/** Computed once for all the tests of a widget. */
function firstFrame(widget: Widget): Promise<Poster> {
  const known = drawn.get(widget) ?? renderPoster(widget, {}, {
    backend: async () => createCpuBackend({ wasm: await loadWasm() }), getArtefact: async (name) => new Uint8Array(readFileSync(join(packs, name))),
  });
  drawn.set(widget, known);
  return known;
}

function anyValue(param: Param): fc.Arbitrary<unknown> {
  switch (param.kind) {
    case "number": return fc.oneof(fc.double({ min: param.min, max: param.max, noNaN: true }), fc.double());
    case "choice": return fc.constantFrom(...Object.keys(param.options));
    case "toggle": return fc.boolean();
    case "text": return fc.string({ unit: "binary", maxLength: 60 });
    case "grid": return fc.array(fc.double({ min: param.min, max: param.max, noNaN: true }), { minLength: param.rows * param.columns, maxLength: param.rows * param.columns });
    case "model": return fc.constantFrom("shipped", "mine:0123abcd");
  }
}

/** Every number of a frame and of its params, also those in its texts. */
function numbersOf(...values: unknown[]): number[] {
  const found = new Set<number>();
  const open = [...values];
  while (open.length > 0) {
    const value = open.pop();
    if (typeof value === "number") found.add(value);
    else if (typeof value === "string") for (const one of written(value)) found.add(one.value);
    else if (typeof value === "object" && value !== null) open.push(...Object.values(value));
  }
  return [...found].filter(Number.isFinite);
}

interface Written {
  readonly text: string;
  readonly value: number;
  /** Half of its last digit. */
  readonly half: number;
}

/** The numbers in a text: 0.338, .338, −7, 1,024, 26.3 %, 1.7e−6. */
function written(text: string): Written[] {
  return [...text.matchAll(/[−-]?(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d+)?(?:e[−-]?\d+)?(?:\s?%)?/g)].filter(([one]) => /\d/.test(one)).map(([one]) => {
    const plain = one.replaceAll("−", "-").replaceAll(",", "").replace(/\s?%/, "");
    const [mantissa = "", power = "0"] = plain.split("e");
    const scale = 10 ** Number(power) * (one.includes("%") ? 0.01 : 1);
    return { text: one, value: Number(mantissa) * scale, half: (0.5 * scale) / 10 ** (mantissa.split(".")[1]?.length ?? 0) };
  });
}

/** Whether a written number is one of these, or the logarithm, exponential or opposite of one, rounded as it is written. */
function isOneOf(numbers: readonly number[], { value, half }: Written): boolean {
  const near = (x: number): boolean => Math.abs(x - value) <= half * 1.001 + 1e-9 * Math.abs(value);
  return numbers.some((x) => near(x) || near(-x) || (x > 0 && (near(-Math.log(x)) || near(-Math.log2(x)))) || near(Math.exp(x)));
}

for (const [id, load] of Object.entries(widgets)) {
  describe(id, () => {
    test("any state goes into a link and back, and any bytes become a state", async () => {
      const widget = await load();
      const state = fc.record(Object.fromEntries(Object.entries(widget.params).map(([name, param]) => [name, anyValue(param)])));
      fc.assert(fc.property(state, (values) => {
        const params = valid(widget.params, values) as AnyValues;
        const { query, leftOut } = encode(widget.params, params);
        const back = decode(widget.params, query).params;
        for (const name of Object.keys(widget.params)) if (!leftOut.includes(name)) expect(back[name], name).toEqual(params[name]);
        expect(query.length).toBeLessThanOrEqual(2000);
      }), { numRuns: 60 });
      const soup = fc.oneof(fc.string({ unit: "binary" }), fc.array(fc.tuple(fc.constantFrom(...Object.keys(widget.params), "scene", "v", "__proto__"), fc.string()), { maxLength: 6 })
        .map((pairs) => pairs.map(([name, text]) => `${name}=${text}`).join("&")));
      fc.assert(fc.property(soup, (text) => {
        const { params } = decode(widget.params, text, undefined, widget.scenes);
        for (const [name, param] of Object.entries(widget.params)) expect(validValue(param, params[name]), name).toEqual(params[name]);
      }), { numRuns: 100 });
    });

    test("the numbers of its table are those of its frame, and most of those in its sentence can be looked up", async (context) => {
      const widget = await load();
      if (missing(widget) && process.env.CI !== "true") return context.skip("a pack is not built");
      const { frame, table, sentence, svg } = await firstFrame(widget);
      const known = numbersOf(frame, defaults(widget.params));
      const cells = table.rows.flatMap((row) => row.slice(1)).map(String).filter((cell) => /^[−-]?[\d.,]*\d(e[−-]?\d+)?(\s?%)?$/.test(cell));
      const strange = cells.filter((cell) => !isOneOf(known, written(cell)[0]!));
      // The rest may be worked out from them: a difference, a sum.
      expect(strange.length, `${strange.slice(0, 9).join(" ")} of ${cells.length}`).toBeLessThanOrEqual(0.1 * cells.length);
      const seen = [...known, ...numbersOf(table.rows, svg.replace(/<[^>]*>/g, " "))];
      const said = written(sentence.replace(/[.,](?=\s|$)/g, " ")).filter(({ text }) => text.includes("."));
      const unseen = said.filter((one) => !isOneOf(seen, one)).map(({ text }) => text);
      expect(unseen.length, unseen.join(" ")).toBeLessThanOrEqual(said.length / 2);
    });

    test("whatever answers a pointer in its picture answers keys, and every stop of the Tab key has a role and a name", async (context) => {
      const widget = await load();
      if (missing(widget) && process.env.CI !== "true") return context.skip("a pack is not built");
      const { frame } = await firstFrame(widget);
      for (const narrow of [false, true]) {
        const window = new Window();
        const heard = new Map<unknown, Set<string>>();
        const add = window.EventTarget.prototype.addEventListener;
        window.EventTarget.prototype.addEventListener = function (this: unknown, type: string, ...rest: never[]) {
          heard.set(this, (heard.get(this) ?? new Set()).add(type));
          return (add as (...all: unknown[]) => void).call(this, type, ...rest);
        } as never;
        const document = window.document as unknown as Document;
        const stage = createStage({ document, prefix: "p", title: widget.title, size: narrow ? widget.size.narrow : widget.size.wide, narrow });
        widget.draw(stage)(frame, defaults(widget.params) as AnyValues);
        document.body.append(stage.svg);
        const all = [...stage.svg.querySelectorAll<SVGElement>("*")];
        const pressed = all.filter((one) => one.onclick !== null && one.onclick !== undefined || [...(heard.get(one) ?? [])].some((type) => /^(pointer(down|move|enter|over)|click|mouse\w+)/.test(type)));
        const keyed = (one: Element | null): boolean => one !== null && ((heard.get(one)?.has("keydown") ?? false) || (one as SVGElement).onkeydown !== null && (one as SVGElement).onkeydown !== undefined);
        const reachable = (one: Element): boolean => [one, ...one.querySelectorAll("*")].some((part) => part.hasAttribute("tabindex") && keyed(part)) || Boolean(one.closest("[tabindex]") && keyed(one.closest("[tabindex]")));
        expect(pressed.filter((one) => !reachable(one)).map((one) => one.outerHTML.slice(0, 100)), narrow ? "narrow" : "wide").toEqual([]);
        for (const stop of all.filter((one) => one.getAttribute("tabindex") === "0" && one.getAttribute("display") !== "none")) {
          expect(stop.getAttribute("role"), stop.outerHTML.slice(0, 100)).toBeTruthy();
          expect(stop.getAttribute("aria-label") || stop.textContent, stop.outerHTML.slice(0, 100)).toBeTruthy();
        }
        await window.happyDOM.close();
      }
    });

    test("keys reach and speak every row and column of cells, every mark and both ends of every curve", async (context) => {
      const widget = await load();
      if (missing(widget) && process.env.CI !== "true") return context.skip("a pack is not built");
      const { frame } = await firstFrame(widget);
      const window = new Window();
      const document = window.document as unknown as Document;
      const stage = createStage({ document, prefix: "p", title: widget.title, size: widget.size.wide, narrow: false });
      widget.draw(stage)(frame, defaults(widget.params) as AnyValues);
      document.body.append(stage.svg);
      const press = (element: Element, key: string, more: object = {}): void => {
        element.dispatchEvent(new window.KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...more }) as unknown as Event);
      };
      const number = (element: Element | null, name: string): number => Number(element?.getAttribute(name));

      for (const matrix of stage.svg.querySelectorAll(".gb-cells")) {
        const [target, cursor] = [matrix.querySelector(".gb-target"), matrix.querySelector(".gb-cursor")];
        matrix.dispatchEvent(new window.Event("focus") as unknown as Event);
        press(matrix, "Home", { ctrlKey: true });
        const rows = Math.round(number(target, "height") / number(cursor, "height")), columns = Math.round(number(target, "width") / number(cursor, "width"));
        if (!Number.isFinite(rows * columns) || matrix.closest("[display=none]")) continue;
        const seen = new Set<string>();
        const silent: string[] = [];
        const look = (): void => {
          const at = `${number(cursor, "x")},${number(cursor, "y")}`;
          seen.add(at);
          if (!/\S/.test(cursor?.getAttribute("aria-label") ?? "") || matrix.getAttribute("aria-activedescendant") !== cursor?.id) silent.push(at);
        };
        look();
        for (const [key, count] of [["ArrowRight", columns], ["ArrowDown", rows]] as const) {
          for (let i = 1; i < count; i++) {
            press(matrix, key);
            look();
          }
        }
        expect(seen.size, `${matrix.getAttribute("aria-label")}: a walk through ${rows} × ${columns} cells`).toBe(rows + columns - 1);
        expect(silent).toEqual([]);
      }

      const reached = new Set<Element>();
      for (const stop of stage.svg.querySelectorAll<SVGElement>("[role=button][tabindex='0']")) {
        let at: Element = stop;
        stop.focus();
        for (const key of ["Home", ...Array<string>(300).fill("ArrowRight")]) {
          reached.add(at);
          press(at, key);
          const next = document.activeElement;
          if (next === at && key !== "Home") break;
          if (next && stage.svg.contains(next)) at = next;
        }
      }
      const marks = [...stage.svg.querySelectorAll("[role=button][tabindex]")].filter((mark) => !mark.closest("[display=none]"));
      expect(marks.filter((mark) => !reached.has(mark)).map((mark) => mark.outerHTML.slice(0, 120))).toEqual([]);
      for (const mark of marks) expect(mark.getAttribute("aria-label") || mark.textContent, mark.outerHTML.slice(0, 120)).toMatch(/\S/);

      for (const curve of stage.svg.querySelectorAll(".gb-crosshair [role=slider]")) {
        for (const [key, end] of [["Home", "aria-valuemin"], ["End", "aria-valuemax"]] as const) {
          press(curve, key);
          expect(curve.getAttribute("aria-valuenow"), key).toBe(curve.getAttribute(end));
        }
        if (number(curve, "aria-valuemax") > number(curve, "aria-valuemin")) expect(curve.getAttribute("aria-valuetext")).toMatch(/\d/);
      }
      await window.happyDOM.close();
    });
  });
}
