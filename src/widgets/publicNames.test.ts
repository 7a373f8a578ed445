import { expect, test } from "vitest";
import { hears, readHostMessage } from "../embed/messages.ts";
import type { Widget } from "../widget/defineWidget.ts";
import { defaults, nameNow, validValue } from "../widget/params.ts";
import { decode, readMoment } from "../widget/permalink.ts";
import { widgets } from "./index.ts";
import released from "./publicNames.v1.json" with { type: "json" };

const all = await Promise.all(Object.values(widgets).map((load) => load()));
/** The widget that has this name, or had it. */
const named = (name: string): Widget | undefined => all.find(({ id, aliases }) => id === name || aliases.includes(name));

for (const { widget: id, query, gives } of released.links) {
  test(`the released link ${id}#${query} still leads to the same state`, () => {
    const widget = named(id)!;
    const { params, notices } = decode(widget.params, query, undefined, widget.scenes);
    expect(notices).toEqual([]);
    expect(params).toEqual({ ...defaults(widget.params), ...gives });
  });
}

test("every released name of a widget, a param, an option, a scene and a goal is still understood", () => {
  for (const [id, { params, scenes, goals }] of Object.entries(released.names)) {
    const widget = named(id);
    if (!widget) throw new Error(`${id} is gone: give its successor the alias`);
    for (const written of params) {
      const [name = "", options] = written.split("=");
      const param = widget.params[nameNow(widget.params, name) ?? ""];
      if (!param) throw new Error(`${id} has no param ${name} any more: give its successor the alias`);
      for (const option of options?.split("|") ?? []) expect(validValue(param, option, "gone"), `${id}: ${name}=${option}`).not.toBe("gone");
    }
    const known = (names: Readonly<Record<string, { readonly aliases?: readonly string[] }>>): string[] =>
      Object.entries(names).flatMap(([name, { aliases = [] }]) => [name, ...aliases]);
    expect(known(widget.scenes), id).toEqual(expect.arrayContaining(scenes));
    expect(known(widget.goals), id).toEqual(expect.arrayContaining(goals));
  }
});

test("every name of today is written down as released", () => {
  const listed: Readonly<Record<string, { readonly params: string[]; readonly scenes: string[]; readonly goals: string[] }>> = released.names;
  const missing = all.flatMap(({ id, params, scenes, goals }) => {
    const { params: known = [], scenes: knownScenes = [], goals: knownGoals = [] } = listed[id] ?? {};
    const options = new Set(known.flatMap((written) => {
      const [name = "", values = ""] = written.split("=");
      return [name, ...values.split("|").map((value) => `${name}=${value}`)];
    }));
    const names = Object.entries(params).flatMap(([name, param]) =>
      (param.kind === "choice" ? [name, ...Object.keys(param.options).map((value) => `${name}=${value}`)] : [name]));
    return [
      ...names.filter((name) => !options.has(name)),
      ...Object.keys(scenes).filter((name) => !knownScenes.includes(name)),
      ...Object.keys(goals).filter((name) => !knownGoals.includes(name)),
    ].map((name) => `${id}: ${name}`);
  });
  expect(missing, "add them to publicNames.v1.json").toEqual([]);
});

test("no widget has a name that another has or had", () => {
  const names = all.flatMap(({ id, aliases }) => [id, ...aliases]);
  expect(new Set(names).size).toBe(names.length);
});

test("a released link to a moment of a run still names its step and its weights", () => {
  expect(readMoment("seed=7&step=300&w=3fa9c1d2")).toEqual({ step: 300, weights: "3fa9c1d2" });
});

test("every released message is still understood, and announced", () => {
  for (const message of released.messages) {
    const { ns: _ns, v: _v, id, ...said } = message;
    expect(readHostMessage(message, id)).toEqual(said);
    expect(hears).toContain(said.type);
  }
});
