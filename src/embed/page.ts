/** The script of an embed: one figure, no book around it, nothing stored. */
import { hydrateFigures } from "../widget/figure.ts";
import { figureStore } from "../widget/store.ts";
import { widgets } from "../widgets/index.ts";
import { attachHost, sayer, setTheme } from "./attachHost.ts";
import { followBookLink } from "./followBookLink.ts";
import { hiddenNames, hideControls, namesNow } from "./hide.ts";
import "../app/styles/book.css";
import "./embed.css";

const query = new URLSearchParams(location.search);
const one = (name: string, ...allowed: string[]): string => allowed.find((value) => value === query.get(name)) ?? allowed[0]!;
const figure = document.querySelector<HTMLElement>("figure[data-widget]");
const theme = one("theme", "auto", "light", "dark");
if (theme === "light" || theme === "dark") setTheme(theme);
document.documentElement.dataset.embed = one("controls", "full", "min", "none");

if (figure && Object.hasOwn(widgets, figure.dataset.widget ?? "")) {
  const id = /^[\w-]{1,64}$/.test(window.name) ? window.name : "";
  const load = widgets[figure.dataset.widget!]!;
  const run = one("run", "visible", "click", "never");
  const say = sayer(id);
  const locked = query.has("lock") && query.get("lock") !== "0" && query.get("lock") !== "false";
  const hide = (hidden: readonly string[]): void => {
    hideControls(figure, hidden);
    figureStore(figure.id).setState({ hidden });
  };
  const hidden = hiddenNames(query.get("hide"));
  figureStore(figure.id).setState({ locked });
  hide(hidden);
  document.documentElement.dataset.run = run;
  const site = new URL(import.meta.env.BASE_URL, location.href).href;
  if (run !== "never") hydrateFigures(widgets, { site, link: "embed", autostart: run !== "click" });
  if (hidden.length > 0) void load().then(({ params }) => hide(namesNow(params, hidden)));
  const task = query.get("task");
  const told = task === null ? null : import("./attachTask.ts").then(({ attachTask }) => attachTask(figure, task, load, say));
  const wrapper = document.querySelector<HTMLElement>("main") ?? figure;
  attachHost(say, { figure, wrapper, widget: load, id, sayTask: () => void told?.then((tell) => tell()) });
  followBookLink(figure, load);
  dispatchEvent(new Event("listening"));
}
