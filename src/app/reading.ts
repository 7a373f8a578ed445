/** What a page of the book does for its reader once its first figure lives: place in the contents, progress, reading path. */
import { type Progress, progress } from "../keep/progress.ts";

export function attachReading(): void {
  const chapter = document.querySelector<HTMLElement>("[data-chapter]")?.dataset.chapter;
  if (chapter !== undefined) followReader(chapter);
  void showPath();
  void markRead();
  attachMap();
  document.addEventListener("click", ({ target }) => {
    const pressed = target instanceof Element ? target.closest<HTMLElement>("[data-follow-path], [data-leave-path], [data-forget]") : null;
    if (!pressed) return;
    if (pressed.dataset.followPath !== undefined) {
      void progress().choosePath(pressed.dataset.followPath).then(() => location.assign(pressed.dataset.first ?? ""));
    } else if (pressed.dataset.leavePath !== undefined) {
      void progress().choosePath(null).then(showPath);
    } else {
      void progress().forget().then(() => location.reload());
    }
  });
}

/** Marks the section on the screen in the contents, and remembers it. */
function followReader(chapter: string): void {
  const sections = [...document.querySelectorAll<HTMLElement>(".chapter > .section[id]:not(.sources)")];
  const links = new Map([...document.querySelectorAll<HTMLAnchorElement>(".contents a")].map((link) => [link.hash.slice(1), link]));
  // A failure is said by notSaved.ts.
  const remember = (change: Partial<Progress>): void => void progress().add(chapter, change);
  const onScreen = new Set<Element>();
  let now: string | null = null;
  const see = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      if (isIntersecting) onScreen.add(target);
      else onScreen.delete(target);
    }
    const section = sections.find((one) => onScreen.has(one));
    if (!section || section.id === now) return;
    links.get(now ?? "")?.removeAttribute("aria-current");
    links.get(section.id)?.setAttribute("aria-current", "true");
    now = section.id;
    remember({ at: section.id, finished: section === sections.at(-1) });
  }, { rootMargin: "-20% 0px -55% 0px" });
  for (const section of sections) see.observe(section);
  // An answer may have been opened before this script came.
  const opened = [...document.querySelectorAll<HTMLElement>("details[data-answer][open]")].map(({ dataset }) => dataset.answer!);
  remember({ answered: opened });
  document.addEventListener("toggle", ({ target }) => {
    if (target instanceof HTMLDetailsElement && target.open && target.dataset.answer !== undefined) remember({ answered: [target.dataset.answer] });
  }, true);
}

/** Previous and next of the chosen path, where this chapter lies on it. */
async function showPath(): Promise<void> {
  const all = [...document.querySelectorAll<HTMLElement>("nav.neighbours")];
  const chosen = await progress().path();
  const shown = all.find(({ dataset }) => dataset.path === chosen) ?? all[0];
  for (const nav of all) nav.hidden = nav !== shown;
  const card = document.getElementById(`path-${chosen}`);
  if (card) card.dataset.chosen = "";
}

/** Writes what was read into lists of chapters, the map, and "builds on". */
async function markRead(): Promise<void> {
  const places = [...document.querySelectorAll<HTMLElement | SVGElement>("[data-slug], [data-needs], [data-mine]")];
  const slugOf = ({ dataset }: HTMLElement | SVGElement): string => dataset.slug ?? dataset.needs ?? dataset.mine ?? "";
  const slugs = [...new Set(places.map(slugOf))];
  const all = new Map(await Promise.all(slugs.map(async (slug) => [slug, await progress().of(slug)] as const)));
  for (const place of places) {
    const kept = all.get(slugOf(place));
    if (!kept) continue;
    if (place.dataset.mine !== undefined) {
      place.textContent = kept.finished ? "read to the end" : "begun";
      continue;
    }
    place.classList.add(kept.finished ? "read" : "begun");
    const word = kept.finished ? "read" : "begun";
    if (place instanceof HTMLElement && place.dataset.needs !== undefined) place.title = word;
    else if (place.hasAttribute("aria-label")) place.setAttribute("aria-label", `${place.getAttribute("aria-label")}, ${word}`);
  }
  sumUp((slug) => all.get(slug) ?? null);
}

/** "You have begun 3 chapters and finished 1. Go on with …" */
function sumUp(keptOf: (slug: string) => Progress | null): void {
  const place = document.querySelector<HTMLElement>("[data-my-progress]");
  if (!place) return;
  const steps = [...document.querySelectorAll<HTMLElement>(".path-steps [data-slug]")].map((step) => ({ step, kept: keptOf(step.dataset.slug ?? "") }));
  const begun = steps.filter(({ kept }) => kept).length;
  if (begun === 0) return;
  const finished = steps.filter(({ kept }) => kept?.finished).length;
  const answers = steps.reduce((sum, { kept }) => sum + (kept?.answered.length ?? 0), 0);
  const next = steps.find(({ kept }) => kept && !kept.finished) ?? steps.find(({ kept }) => !kept);
  const link = next?.step.querySelector("a");
  place.textContent = `You have opened ${begun} of ${steps.length}, read ${finished} to the end and looked at ${answers} ${answers === 1 ? "answer" : "answers"}. `;
  if (link) {
    const on = document.createElement("a");
    on.href = link.href + (next?.kept?.at ? `#${next.kept.at}` : "");
    on.textContent = `Go on with ${link.querySelector("strong")?.textContent ?? "the next"}`;
    place.append(on, ". ");
  }
  const forget = document.createElement("button");
  Object.assign(forget, { type: "button", className: "quiet", textContent: "forget all this" });
  forget.dataset.forget = "";
  place.append(forget);
}

/** A chapter under the pointer or the keyboard lights what it needs and what needs it. */
function attachMap(): void {
  // Listeners on the wrapper: an SVG that listens for focus becomes a stop of the Tab key in Chromium.
  for (const map of document.querySelectorAll<HTMLElement>("[data-chapter-map]")) {
    const light = ({ target }: Event): void => {
      const number = target instanceof Element ? target.closest<SVGElement>("[data-node]")?.dataset.node : undefined;
      map.classList.toggle("lighting", number !== undefined);
      const near = new Set([number]);
      for (const edge of map.querySelectorAll<SVGElement>("[data-from]")) {
        const on = edge.dataset.from === number || edge.dataset.to === number;
        edge.classList.toggle("on", on);
        if (on) near.add(edge.dataset.from).add(edge.dataset.to);
      }
      for (const node of map.querySelectorAll<SVGElement>("[data-node]")) node.classList.toggle("on", near.has(node.dataset.node));
    };
    for (const kind of ["pointerover", "focusin", "pointerleave", "focusout"]) map.addEventListener(kind, kind === "pointerover" || kind === "focusin" ? light : () => light(new Event("none")));
  }
}
