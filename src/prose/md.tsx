import MarkdownIt from "markdown-it";
import { createElement, Fragment, isValidElement, type ReactNode } from "react";
import { BookLink } from "./BookLink.tsx";
import { isShort, Tex } from "./math.tsx";
import { mathRules } from "./mathRules.ts";
import { Chip } from "./reactive.tsx";

const parser = new MarkdownIt({ html: false, typographer: true }).use(mathRules);
type Token = ReturnType<typeof parser.parse>[number];

/** Interpolated components stand in the source as characters of a private area, one each. */
const FIRST_SLOT = 0xe000;
const slotPattern = /([\ue000-\uefff])/;

/**
 * Markdown with mathematics and components, rendered to React nodes while the book is built. Raw strings: `\theta` needs no second
 * backslash. Strings and numbers are part of the text (and of formulas), elements are put where they stand; an element alone in its
 * paragraph is not wrapped in one.
 */
export function md(strings: TemplateStringsArray, ...values: ReactNode[]): ReactNode {
  const slots: ReactNode[] = [];
  const source = dedent(strings.raw).map((text, i) => {
    if (i >= values.length) return text;
    const value = values[i];
    if (typeof value === "string" || typeof value === "number") return text + String(value);
    if (value === undefined || value === null || typeof value === "boolean") {
      throw new TypeError(`md: value ${i + 1} is ${String(value)}, which shows nothing`);
    }
    slots.push(value);
    return text + String.fromCharCode(FIRST_SLOT + slots.length - 1);
  });
  const nodes = new Nodes(slots);
  return createElement(Fragment, null, ...nodes.of(parser.parse(source.join(""), {})));
}

/** A number, or a component that may show one, keeps its unit in its line: 38 %, 40 GB, 9 ms. */
const tie = (text: string): string =>
  text.replace(/(?<=[\d\ue000-\uefff]) (?=(?:%|[kKMGT]i?B|ms|s|dB|bits?|bytes?|nats?)(?![\p{L}\p{N}]))/gu, "\u00a0");

/** Takes away the indentation that the template shares with the code around it. */
function dedent(raw: readonly string[]): string[] {
  const indents = raw.flatMap((text, i) => {
    const lines = text.split("\n");
    // The last line of a part continues in the next, so an empty-looking one still has an indentation unless it ends the template.
    return lines.slice(1).flatMap((line, at) => {
      const continues = at === lines.length - 2 && i < raw.length - 1;
      return line.trim() === "" && !continues ? [] : [line.length - line.trimStart().length];
    });
  });
  const indent = Math.min(...indents, 80);
  return raw.map((text) => text.replace(new RegExp(`\\n {0,${indent}}`, "g"), "\n"));
}

/** Turns the flat token list of the parser into a tree of elements. */
class Nodes {
  private readonly slots: readonly ReactNode[];
  constructor(slots: readonly ReactNode[]) {
    this.slots = slots;
  }

  of(tokens: readonly Token[]): ReactNode[] {
    const levels: { readonly token: Token | null; readonly nodes: ReactNode[] }[] = [{ token: null, nodes: [] }];
    for (const token of tokens) {
      const { nodes } = levels.at(-1)!;
      if (token.nesting === 1) {
        levels.push({ token, nodes: [] });
      } else if (token.nesting === -1) {
        const { token: opening, nodes: children } = levels.pop()!;
        levels.at(-1)!.nodes.push(this.element(opening!, children));
      } else {
        nodes.push(...this.leaf(token));
      }
    }
    return levels[0]!.nodes;
  }

  private element(token: Token, children: readonly ReactNode[]): ReactNode {
    // A tight list hides its paragraphs; a component alone in its paragraph is a block of its own.
    const bare = token.hidden || (token.tag === "p" && children.length > 0 && children.every((child) => this.slots.includes(child)));
    if (bare) return createElement(Fragment, null, ...children);
    if (token.tag === "a") return createElement(BookLink, { to: String(token.attrGet("href") ?? "") }, ...children);
    if (token.tag === "table") return createElement("div", { className: "table-scroll" }, createElement("table", null, ...children));
    // The corner of a table heads nothing.
    if (token.tag === "th" && children.length === 0) return createElement("td");
    const right = String(token.attrGet("style") ?? "").includes("right");
    return createElement(token.tag, right ? { className: "right" } : null, ...children);
  }

  private leaf(token: Token): ReactNode[] {
    switch (token.type) {
      case "inline": return holdTogether(this.of(token.children ?? []));
      case "text": return this.filled(token.content);
      case "softbreak": return ["\n"];
      case "hardbreak": return [createElement("br")];
      case "code_inline": return [createElement("code", null, token.content)];
      case "fence":
      case "code_block": return [createElement("pre", null, createElement("code", null, token.content))];
      case "hr": return [createElement("hr")];
      case "math": return [createElement(Tex, { tex: token.content })];
      case "displayMath": return [createElement(Tex, { tex: token.content, display: true })];
      default: throw new Error(`md: no rule for a Markdown token of type ${token.type}`);
    }
  }

  private filled(text: string): ReactNode[] {
    return tie(text).split(slotPattern).filter((part) => part !== "").map((part) => {
      if (!slotPattern.test(part)) return part;
      return this.slots[part.charCodeAt(0) - FIRST_SLOT];
    });
  }
}

/**
 * Browsers break a line between a box and the comma after it. A chip or a short formula and the sign that closes it stay in one line.
 */
function holdTogether(nodes: readonly ReactNode[]): ReactNode[] {
  const held: ReactNode[] = [];
  for (const node of nodes) {
    const before = held.at(-1);
    const sign = typeof node === "string" && isBox(before) ? /^[,.;:!?)”’]+/.exec(node)?.[0] : undefined;
    if (sign === undefined) held.push(node);
    else held.splice(-1, 1, createElement("span", { className: "whole" }, before, sign), (node as string).slice(sign.length));
  }
  return held;
}

const isBox = (node: ReactNode): boolean =>
  isValidElement<{ tex?: string }>(node) && (node.type === Chip || (node.type === Tex && isShort(node.props.tex ?? "")));
