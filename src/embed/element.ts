/**
 * `<glass-box widget="descent-1d" params="learningRate=0.5" theme="auto" controls="full" run="visible" height="600">fallback</glass-box>`:
 * a figure of the book on any page; also `lock`, `hide="start,steps"` and `task="loss<0.5"`. Methods run, pause, step, reset and
 * seek(step); events ready, state, progress, task, paused, error and resize, each with `detail`. Its children stay on
 * the screen until the figure is there, and for good where a host's policy
 * blocks the frame. Kept free of imports: this file is the whole of `embed.js`.
 */
{
  const script = document.currentScript instanceof HTMLScriptElement ? document.currentScript.src : location.href;
  // The script lies at embed.js and, with its major version, at embed/v1.js.
  const home = new URL(/\/embed\/v\d+\.js/.test(script) ? "../" : "./", script);
  const style = ":host{display:block}div{display:grid}slot,iframe{grid-area:1/1}slot{display:block}"
    + "iframe{width:100%;border:0;visibility:hidden}.on iframe{visibility:visible}.on slot{visibility:hidden;height:0;overflow:hidden}";
  let count = 0;

  class GlassBox extends HTMLElement {
    static observedAttributes = ["widget", "params", "theme", "controls", "run", "lock", "hide", "task", "height"];
    #frame: HTMLIFrameElement | null = null;
    #box: HTMLElement | null = null;
    #params = "";
    #loaded = "";
    #timer: ReturnType<typeof setTimeout> | undefined;
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
      // Known before anything loads, so that the page does not move; the figure's own height follows.
      frame.height = this.getAttribute("height") ?? "600";
      box.append(document.createElement("slot"), frame);
      root.replaceChildren(sheet, box);
      this.#frame = frame;
      this.#box = box;
      this.#params = this.getAttribute("params") ?? "";
      // A frame that is lazy begins to load when it comes near: from then on it has its time.
      new IntersectionObserver(([entry], observer) => {
        if (!entry?.isIntersecting) return;
        observer.disconnect();
        this.#timer = setTimeout(() => this.#tell("error", { code: "timeout", message: "the figure did not come within 20 seconds" }), 2e4);
      }).observe(this);
      addEventListener("message", this.#hear);
      this.#load();
    }

    disconnectedCallback(): void {
      removeEventListener("message", this.#hear);
      clearTimeout(this.#timer);
      this.#frame = null;
    }

    attributeChangedCallback(name: string, before: string | null, now: string | null): void {
      if (!this.#frame || before === now) return;
      if (name === "params") this.params = now ?? "";
      else if (name === "theme") this.#say({ type: "theme", theme: now ?? "auto" });
      else if (name === "lock") this.#say({ type: "lock", locked: now !== null });
      else if (name === "height") return;
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

    step(): void {
      this.#say({ type: "step" });
    }
    reset(): void {
      this.#say({ type: "reset" });
    }
    seek(step: number): void {
      this.#say({ type: "seek", step });
    }

    #tell(type: string, detail: object): void {
      this.dispatchEvent(new CustomEvent(type, { detail }));
    }

    #load(): void {
      const widget = this.getAttribute("widget") ?? "";
      if (!this.#frame || !/^[a-z][a-z0-9-]*$/.test(widget)) return;
      const address = new URL(`embed/${widget}/`, home);
      for (const name of ["theme", "controls", "run", "lock", "hide", "task"]) {
        const value = this.getAttribute(name);
        if (value !== null) address.searchParams.set(name, value);
      }
      address.hash = this.#loaded = this.#params;
      this.#frame.src = address.href;
    }

    #say(message: object): void {
      this.#frame?.contentWindow?.postMessage({ ns: "glass-box", v: 1, id: this.#id, ...message }, "*");
    }

    readonly #hear = (event: MessageEvent): void => {
      if (!this.#frame || event.source !== this.#frame.contentWindow) return;
      if (event.origin !== home.origin && event.origin !== "null") return;
      const { ns, v, id, type, ...detail } = Object(event.data) as Record<string, unknown>;
      const { height, params } = detail;
      if (ns !== "glass-box" || v !== 1 || id !== this.#id) return;
      if (type === "ready") {
        this.#box?.classList.add("on");
        clearTimeout(this.#timer);
        // What was set while the frame was loading.
        if (this.#params !== this.#loaded) this.params = this.#loaded = this.#params;
      }
      if (type === "resize" && typeof height === "number" && height > 0) this.#frame.height = String(Math.min(8000, Math.round(height)));
      else if (type === "state" && typeof params === "string") this.#params = params.slice(0, 2000);
      else if (typeof type !== "string" || !/^(ready|error|paused|progress|task)$/.test(type)) return;
      this.#tell(type, { ...detail, params: this.#params });
    };
  }
  if (!customElements.get("glass-box")) customElements.define("glass-box", GlassBox);
}
