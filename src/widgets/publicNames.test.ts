import { expect, test } from "vitest";
import { readHostMessage } from "../embed/messages.ts";
import { defaults } from "../widget/params.ts";
import { decode, readMoment } from "../widget/permalink.ts";
import { widgets } from "./index.ts";
import released from "./publicNames.v1.json" with { type: "json" };

for (const { widget: id, query, gives } of released.links) {
  test(`the released link ${id}#${query} still leads to the same state`, async () => {
    const widget = await widgets[id]!();
    const { params, notices } = decode(widget.params, query, undefined, widget.scenes);
    expect(notices).toEqual([]);
    expect(params).toEqual({ ...defaults(widget.params), ...gives });
  });
}

test("a released link to a moment of a run still names its step and its weights", () => {
  expect(readMoment("seed=7&step=300&w=3fa9c1d2")).toEqual({ step: 300, weights: "3fa9c1d2" });
});

test("every released message is still understood", () => {
  for (const message of released.messages) {
    const { ns: _ns, v: _v, id, ...said } = message;
    expect(readHostMessage(message, id)).toEqual(said);
  }
});
