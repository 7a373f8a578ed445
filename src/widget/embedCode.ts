/** How a figure stands in another site: what the embed dialog asks, and what `<glass-box>` has as attributes. */
export interface EmbedChoices {
  readonly theme: "auto" | "light" | "dark";
  readonly controls: "full" | "min" | "none";
  readonly run: "visible" | "click" | "never";
  readonly lock: boolean;
  /** Names of params without a control. */
  readonly hide: readonly string[];
  /** `validationLoss<2.5`, or nothing. */
  readonly task: string;
}

export const plainEmbed: EmbedChoices = { theme: "auto", controls: "full", run: "visible", lock: false, hide: [], task: "" };

export interface EmbedTarget {
  /** Root of the book, absolute, with a slash at its end. */
  readonly site: string;
  readonly widget: string;
  readonly title: string;
  /** The figure's state as in a link, without `#`. */
  readonly state: string;
  readonly height: number;
  /** Logical size of the picture that stands there until the figure does. */
  readonly picture: readonly [width: number, height: number];
}

/** The poster of a widget as PNG. */
export const posterAddress = (site: string, widget: string): string => new URL(`embed/${widget}/poster.light.png`, site).href;

/** What differs from a plain embed, as attributes in order. */
function attributesOf({ theme, controls, run, lock, hide, task }: EmbedChoices): [string, string][] {
  const all: [string, string][] = [
    ["theme", theme], ["controls", controls], ["run", run], ["lock", lock ? "1" : ""], ["hide", hide.join(",")], ["task", task],
  ];
  return all.filter(([name, value]) => value !== "" && value !== plainEmbed[name as keyof EmbedChoices]);
}

/** The address of an embed in a given state. */
export function embedAddress({ site, widget, state }: Pick<EmbedTarget, "site" | "widget" | "state">, choices: EmbedChoices): string {
  const address = new URL(`embed/${widget}/`, site);
  for (const [name, value] of attributesOf(choices)) address.searchParams.set(name, value);
  return address.href + (state === "" ? "" : `#${state}`);
}

const attribute = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

/** An iframe: for every platform that lets one stand. */
export function iframeCode(target: EmbedTarget, choices: EmbedChoices = plainEmbed): string {
  const [address, title] = [embedAddress(target, choices), target.title].map(attribute);
  return `<iframe src="${address}" title="${title}" width="100%" height="${target.height}" style="border:0"
  loading="lazy" referrerpolicy="no-referrer" sandbox="allow-scripts allow-same-origin allow-popups"></iframe>`;
}

/** The element: follows the height of the figure, and speaks with the page. */
export function elementCode(target: EmbedTarget, choices: EmbedChoices = plainEmbed): string {
  const { site, widget, title, state, height, picture } = target;
  const params = state === "" ? [] : [["params", state]];
  const attributes = [["widget", widget], ...params, ...attributesOf(choices), ["height", String(height)]];
  const written = attributes.map(([name, value = ""]) => (name === "lock" ? "lock" : `${name}="${attribute(value)}"`)).join(" ");
  return `<script async src="${attribute(new URL("embed/v1.js", site).href)}"></script>
<glass-box ${written}>
  <a href="${attribute(embedAddress(target, plainEmbed))}">
    <img src="${attribute(posterAddress(site, widget))}" width="${picture[0]}" height="${picture[1]}" loading="lazy" alt="" style="max-width:100%;height:auto">
    ${attribute(title)}, a live figure of Glassbox</a>
</glass-box>`;
}
