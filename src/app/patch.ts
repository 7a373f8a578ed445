/** What a script gives life to when the page opens: new ones would stay dead. */
const ALIVE = "figure[data-widget], [data-live], [data-scrub], [data-ask], [data-steps], [data-predict], [data-curve], [data-answer], .cite, button";

/**
 * Brings an open page from one served state to the next, touching only what differs, so that whatever scripts made of the rest stays.
 * False where that cannot be done: scripts have rebuilt the place, or what is new needs them.
 */
export function patch(open: Node, before: Node, after: Node): boolean {
  if (before.isEqualNode(after)) return true;
  if (before.nodeType !== after.nodeType || before.nodeName !== after.nodeName) return false;
  if (!(before instanceof Element && after instanceof Element && open instanceof Element)) {
    open.nodeValue = after.nodeValue;
    return true;
  }
  if (before.matches("figure[data-widget]")) return patchFigure(open, before, after);
  for (const { name, value } of after.attributes) if (before.getAttribute(name) !== value) open.setAttribute(name, value);
  for (const { name } of before.attributes) if (!after.hasAttribute(name)) open.removeAttribute(name);
  return patchChildren(open, [...before.childNodes], [...after.childNodes]);
}

/** Its poster may be drawn otherwise, but the live picture stands in its place: only the words below it are the page's. */
function patchFigure(open: Element, before: Element, after: Element): boolean {
  const same = ["id", "data-widget", "data-params"].every((name) => before.getAttribute(name) === after.getAttribute(name));
  const [here, old, now] = [open, before, after].map((figure) => figure.querySelector("figcaption"));
  return same && Boolean(here && old && now && patch(here, old, now));
}

function patchChildren(open: Element, before: readonly ChildNode[], after: readonly ChildNode[]): boolean {
  const here = [...open.childNodes];
  if (here.length !== before.length) return false;
  if (before.length === after.length) return before.every((node, i) => patch(here[i]!, node, after[i]!) || swap(here[i]!, node, after[i]!));
  let top = 0;
  while (top < Math.min(before.length, after.length) && before[top]!.isEqualNode(after[top]!)) top++;
  let end = 0;
  while (end < Math.min(before.length, after.length) - top && before.at(-1 - end)!.isEqualNode(after.at(-1 - end)!)) end++;
  const [gone, come] = [before.slice(top, before.length - end), after.slice(top, after.length - end)];
  if ([...gone, ...come].some(isAlive)) return false;
  const next = here[before.length - end] ?? null;
  for (const node of here.slice(top, before.length - end)) node.remove();
  for (const node of come) open.insertBefore(document.importNode(node, true), next);
  return true;
}

/** Puts a copy of the new in the place of the old, where neither needs a script. */
function swap(here: ChildNode, before: Node, after: Node): boolean {
  if (isAlive(before) || isAlive(after)) return false;
  here.replaceWith(document.importNode(after, true));
  return true;
}

const isAlive = (node: Node): boolean => node instanceof Element && (node.matches(ALIVE) || node.querySelector(ALIVE) !== null);
