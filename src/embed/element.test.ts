// @vitest-environment happy-dom
import { beforeAll, expect, test, vi } from "vitest";
import { elementScript } from "../app/build/embedElement.ts";
import released from "../widgets/publicNames.v1.json" with { type: "json" };

interface Element extends HTMLElement {
  params: string;
}

const addresses = new WeakMap<HTMLIFrameElement, string>();

beforeAll(async () => {
  // As a page would: the built script, whole. Frames keep their address and load nothing.
  const { settings } = (window as unknown as { happyDOM: { settings: object } }).happyDOM;
  Object.assign(settings, { disableIframePageLoading: false, enableIframePageLoading: true });
  vi.spyOn(HTMLIFrameElement.prototype, "src", "set").mockImplementation(function (this: HTMLIFrameElement, address: string) {
    addresses.set(this, address);
  });
  new Function("HTMLElement", "customElements", "document", await elementScript())(HTMLElement, customElements, document);
});

function place(html: string): { element: Element; frame: HTMLIFrameElement } {
  document.body.innerHTML = html;
  const element = document.querySelector<Element>("glass-box")!;
  return { element, frame: element.shadowRoot!.querySelector("iframe")! };
}

function hear(frame: HTMLIFrameElement, data: object, from: { source?: unknown; origin?: string } = {}): void {
  const event = new MessageEvent("message", { data: { ns: "glass-box", v: 1, id: frame.name, ...data }, origin: from.origin ?? location.origin });
  Object.defineProperty(event, "source", { value: "source" in from ? from.source : frame.contentWindow });
  dispatchEvent(event);
}

test("makes a sandboxed, lazy frame of the widget's page with the same state", () => {
  const { frame } = place('<glass-box widget="descent-1d" params="learningRate=0.5&start=2" theme="dark" run="click">fallback</glass-box>');
  expect(new URL(addresses.get(frame)!)).toMatchObject({ pathname: "/embed/descent-1d/", search: "?theme=dark&run=click", hash: "#learningRate=0.5&start=2" });
  expect([frame.getAttribute("sandbox"), frame.loading, frame.referrerPolicy]).toEqual(["allow-scripts allow-same-origin allow-popups", "lazy", "no-referrer"]);
});

test("a widget name that is no name loads nothing", () => {
  for (const name of ["../../evil", "javascript:alert(1)", "A", ""]) expect(addresses.has(place(`<glass-box widget="${name}"></glass-box>`).frame)).toBe(false);
});

test("its children stay until the frame says that it is there, and its height follows", () => {
  const { frame } = place('<glass-box widget="descent-1d">fallback</glass-box>');
  const box = frame.parentElement!;
  expect(box.className).toBe("");
  hear(frame, { type: "ready" });
  expect(box.className).toBe("on");
  hear(frame, { type: "resize", height: 612.4 });
  expect(frame.height).toBe("612");
  hear(frame, { type: "resize", height: 1e9 });
  expect(frame.height).toBe("8000");
});

test("what embeds of version 1 say is still told to the page", () => {
  for (const { ns: _ns, v: _v, id: _id, type, ...detail } of released.said) {
    const { element, frame } = place('<glass-box widget="descent-1d"></glass-box>');
    const told = vi.fn<(event: Event) => void>();
    element.addEventListener(type, told);
    hear(frame, { type, ...detail });
    expect((told.mock.lastCall?.[0] as CustomEvent<object> | undefined)?.detail, type).toMatchObject(detail);
  }
});

test("messages from other windows, other origins or of another shape change nothing", () => {
  const { element, frame } = place('<glass-box widget="descent-1d"></glass-box>');
  const before = frame.height;
  hear(frame, { type: "resize", height: 100 }, { source: window });
  hear(frame, { type: "resize", height: 100 }, { origin: "https://evil.test" });
  for (const data of [{ v: 2 }, { ns: "x" }, { id: "other" }, { height: "100" }, { height: -5 }, { height: NaN }]) hear(frame, { type: "resize", height: 100, ...data });
  expect(frame.height).toBe(before);
  hear(frame, { type: "state", params: "start=3" });
  expect(element.params).toBe("start=3");
});
