import { shelf } from "../keep/shelf.ts";
import type { Widget } from "./defineWidget.ts";
import type { AnyValues } from "./params.ts";
import { type FindOwn, isOwn } from "./runner.ts";

/**
 * The files of the reader's own models and tokenizers that params name, as artefacts of the task: `mine:<hash>/config.json`. What is
 * not on this device is replaced by the book's, and said.
 */
export const findOwn: FindOwn = async (widget, params) => {
  const artefacts: Record<string, Blob> = {};
  const missing: string[] = [];
  for (const [name, value] of owned(widget, params)) {
    const kind = kindOf(widget, name);
    const id = value.slice("mine:".length);
    const files = await shelf().open(kind, id);
    if (!files) {
      missing.push(name);
      continue;
    }
    for (const [file, blob] of files) artefacts[`${value}/${file}`] = blob;
    if (kind === "model") artefacts[`${value}/card.json`] = await cardOf(id);
  }
  return { artefacts, ...replaced(widget, params, missing, "which is not kept in this browser") };
};

/** The same where nothing is stored: every one is replaced. */
export const withoutOwn: FindOwn = async (widget, params) => ({
  artefacts: {}, ...replaced(widget, params, owned(widget, params).map(([name]) => name), "and embeds have no storage"),
});

const owned = (widget: Widget, params: AnyValues): [string, string][] =>
  Object.entries(params).filter((one): one is [string, string] => widget.params[one[0]]?.kind === "model" && isOwn(one[1]));

function kindOf(widget: Widget, name: string): "model" | "tokenizer" {
  const param = widget.params[name];
  return param?.kind === "model" ? (param.made ?? "model") : "model";
}

/** What the figures say of a model beside its numbers. */
async function cardOf(id: string): Promise<Blob> {
  const read = (await shelf().list("model")).find((one) => one.id === id)?.read ?? "";
  return new Blob([JSON.stringify({ read, counts: [], taught: [] })]);
}

function replaced(widget: Widget, params: AnyValues, names: readonly string[], why: string) {
  return {
    params: { ...params, ...Object.fromEntries(names.map((name) => [name, widget.params[name]!.default])) },
    notices: names.map((name) => `This link names a reader’s own ${kindOf(widget, name)}, ${why}: the figure shows the book’s instead.`),
  };
}
