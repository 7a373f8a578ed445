/** The script of an embed: one figure, no book around it, nothing stored. */
import { hydrateFigures } from "../widget/figure.ts";
import { widgets } from "../widgets/index.ts";
import { attachHost, setTheme } from "./attachHost.ts";
import "../app/styles/book.css";
import "./embed.css";

const query = new URLSearchParams(location.search);
const figure = document.querySelector<HTMLElement>("figure[data-widget]");
const theme = query.get("theme");
if (theme === "light" || theme === "dark") setTheme(theme);
document.documentElement.dataset.embed = query.get("controls") === "none" ? "none" : query.get("controls") === "min" ? "min" : "full";

if (figure) {
  const id = /^[\w-]{1,64}$/.test(window.name) ? window.name : "";
  const load = Object.hasOwn(widgets, figure.dataset.widget ?? "") ? widgets[figure.dataset.widget!]! : undefined;
  const run = query.get("run");
  if (run !== "never") hydrateFigures(widgets, { site: new URL(import.meta.env.BASE_URL, location.href).href, link: "embed", autostart: run !== "click" });
  if (load) attachHost({ figure, wrapper: document.querySelector<HTMLElement>("main") ?? figure, widget: load, id });
}
