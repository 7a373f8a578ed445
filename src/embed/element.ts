/**
 * `<glass-box widget="descent-1d" params="learningRate=0.5" theme="auto" controls="full" run="visible">fallback</glass-box>`:
 * a figure of the book on any page. Its children stay on the screen until the figure is there, and for good where a host's policy
 * blocks the frame. Kept free of imports: this file is the whole of `embed.js`.
 */
{
  const home = document.currentScript instanceof HTMLScriptElement ? document.currentScript.src : location.href;
  const style = ":host{display:block}div{display:grid}slot,iframe{grid-area:1/1}slot{display:block}iframe{width:100%;border:0;visibility:hidden}.on iframe{visibility:visible}.on slot{visibility:hidden;height:0;overflow:hidden}";
  let count = 0;

  class GlassBox extends HTMLElement {
    static observedAttributes = ["widget", "params", "theme", "controls", "run"];
    #frame: HTMLIFrameElement | null = null;
    #box: HTMLElement | null = null;
    #params = "";
    #loaded = "";
    readonly #id = `glass-box-${++count}`;

    connectedCallback(): void {
      const root = this.shadowRoot ?? this.attachShadow({ mode: "open" });
      const frame = document.createElement("iframe");
      const box = document.createElement("div");
      const sheet = document.createElement("style");
      sheet.textContent = style;
      frame.name = this.#id;
      frame.title = this.title || `Glassbox: ${this.getAttribute("widget") ?? "figure"}`;
      frame.loading = "lazy";
      frame.referrerPolicy = "no-referrer";
      frame.setAttribute("sandbox", "allow-scripts allow-same-origin allow-popups");
      frame.height = this.getAttribute("height") ?? "480";
      box.append(document.createElement("slot"), frame);
      root.replaceChildren(sheet, box);
      this.#frame = frame;
      this.#box = box;
      this.#params = this.getAttribute("params") ?? "";
      addEventListener("message", this.#hear);
      this.#load();
    }

    disconnectedCallback(): void {
      removeEventListener("message", this.#hear);
      this.#frame = null;
    }

    attributeChangedCallback(name: string, before: string | null, now: string | null): void {
      if (!this.#frame || before === now) return;
      if (name === "params") this.params = now ?? "";
      else if (name === "theme") this.#say({ type: "theme", theme: now ?? "auto" });
      else this.#load();
    }

    /** The state of the figure, in the form of a link's hash. */
    get params(): string {
      return this.#params;
    }
    set params(params: string) {
      this.#params = params;
      this.#say({ type: "set-state", params });
    }
    run(): void {
      this.#say({ type: "run" });
    }
    pause(): void {
      this.#say({ type: "pause" });
    }

    #load(): void {
      const widget = this.getAttribute("widget") ?? "";
      if (!this.#frame || !/^[a-z][a-z0-9-]*$/.test(widget)) return;
      const address = new URL(`embed/${widget}/`, home);
      for (const name of ["theme", "controls", "run"]) {
        const value = this.getAttribute(name);
        if (value) address.searchParams.set(name, value);
      }
      address.hash = this.#loaded = this.#params;
      this.#frame.src = address.href;
    }

    #say(message: object): void {
      this.#frame?.contentWindow?.postMessage({ ns: "glass-box", v: 1, id: this.#id, ...message }, "*");
    }

    readonly #hear = (event: MessageEvent): void => {
      if (!this.#frame || event.source !== this.#frame.contentWindow) return;
      if (event.origin !== new URL(home).origin && event.origin !== "null") return;
      const { ns, v, id, type, height, params, code, message } = Object(event.data) as Record<string, unknown>;
      if (ns !== "glass-box" || v !== 1 || id !== this.#id) return;
      if (type === "ready") {
        this.#box?.classList.add("on");
        // What was set while the frame was loading.
        if (this.#params !== this.#loaded) this.params = this.#loaded = this.#params;
      }
      if (type === "resize" && typeof height === "number" && height > 0) this.#frame.height = String(Math.min(8000, Math.round(height)));
      else if (type === "state" && typeof params === "string") this.#params = params.slice(0, 2000);
      else if (type !== "ready" && type !== "error" && type !== "paused") return;
      this.dispatchEvent(new CustomEvent(type, { detail: { params: this.#params, code, message } }));
    };
  }
  if (!customElements.get("glass-box")) customElements.define("glass-box", GlassBox);
}
