/** Whose colours are written out. */
export type Theme = "light" | "dark";

/**
 * The style sheets of figures for a renderer that knows neither variables nor themes: the colours of one theme written out. `--c`, which a class
 * of the element or of one around it sets, becomes one rule a class.
 */
export function flatStyles(css: string, theme: Theme = "light"): string {
  const rules = rulesOf(css);
  const root = new Map(rules.filter(({ selector }) => selector === ":root").flatMap(({ declarations }) => declarations));
  const roles = rules.flatMap(({ selector, declarations }) => {
    const own = declarations.find(([name]) => name === "--c");
    return own && /^\.[\w-]+(,\s*\.[\w-]+)*$/.test(selector) ? selector.split(/,\s*/).map((role) => [role, own[1]] as const) : [];
  });
  const flat: string[] = [];
  for (const { selector, declarations } of rules) {
    if (selector.includes(":")) continue;
    const write = (chosen: string, role: string | null): void => {
      const variables = role === null ? root : new Map([...root, ["--c", role]]);
      const kept = declarations.flatMap(([name, value]) => presentation(name, resolved(value, variables, theme)));
      if (kept.length > 0) flat.push(`${chosen}{${kept.map(([name, value]) => `${name}:${value}`).join(";")}}`);
    };
    write(selector, null);
    if (!declarations.some(([, value]) => /var\(--c\b(?!-)/.test(value))) continue;
    for (const [role, colour] of roles) {
      write(selector.split(/,\s*/).flatMap((one) => withRole(one, role)).join(","), colour);
    }
  }
  return flat.join("\n");
}

/** The selector with a role around it, and on each element that it names. */
function withRole(selector: string, role: string): string[] {
  const parts = selector.split(" ");
  const on = parts.flatMap((part, i) => (/^[>+~]$/.test(part) ? [] : [parts.with(i, part + role).join(" ")]));
  return [`${role} ${selector}`, ...on];
}

type Declaration = readonly [name: string, value: string];

function rulesOf(css: string): { selector: string; declarations: Declaration[] }[] {
  const plain = css.replace(/\/\*[^]*?\*\//g, "").replace(/@[\w-]+[^{;]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}/g, "");
  return [...plain.matchAll(/([^{}]+)\{([^{}]*)\}/g)].map(([, selector = "", body = ""]) => ({
    selector: selector.trim().replace(/\s+/g, " "),
    declarations: body.split(";").flatMap((line): Declaration[] => {
      const [, name, value] = /^\s*([\w-]+)\s*:\s*([^]*?)\s*$/.exec(line) ?? [];
      return name && value ? [[name, value]] : [];
    }),
  }));
}

function resolved(value: string, variables: ReadonlyMap<string, string>, theme: Theme): string {
  let text = value;
  for (let depth = 0; depth < 8 && /var\(|light-dark\(/.test(text); depth++) {
    text = text
      .replace(/var\((--[\w-]+)(?:,\s*((?:[^()]|\([^()]*\))*))?\)/g, (_, name: string, fallback = "") => variables.get(name) ?? fallback)
      .replace(/light-dark\(((?:[^(),]|\([^()]*\))*),\s*((?:[^()]|\([^()]*\))*)\)/g, theme === "light" ? "$1" : "$2");
  }
  return text;
}

const kept = /^(fill|stroke|opacity|visibility|text-anchor|font-size|font-weight|font-style|paint-order)/;

function presentation(name: string, value: string): Declaration[] {
  const mixture = /^color-mix\(in srgb, (#[\da-f]{6}) ([\d.]+)%, (#[\da-f]{6}|transparent)\)$/i.exec(value);
  if (mixture && (name === "fill" || name === "stroke")) {
    const [, a = "", share, b = ""] = mixture;
    const part = Number(share) / 100;
    return b === "transparent" ? [[name, a], [`${name}-opacity`, String(part)]] : [[name, mixed(a, b, part)]];
  }
  if (value === "" || /var\(|color-mix\(/.test(value)) return [];
  if (name === "font-family") return [["font-family", familyOf(value)]];
  if (name === "font") {
    const [, weight, size = "12px", family = ""] = /^(?:(\d+) )?([\d.]+px)(?:\/[\d.]+)? ([^]*)$/.exec(value) ?? [];
    return [["font-size", size], ["font-family", familyOf(family)], ...(weight ? [["font-weight", weight] as const] : [])];
  }
  return kept.test(name) ? [[name, value]] : [];
}

/** So much of a, and the rest of b: #rrggbb each. */
function mixed(a: string, b: string, part: number): string {
  const channel = (color: string, at: number): number => Number.parseInt(color.slice(at, at + 2), 16);
  return `#${[1, 3, 5].map((at) => Math.round(part * channel(a, at) + (1 - part) * channel(b, at)).toString(16).padStart(2, "0")).join("")}`;
}

const familyOf = (value: string): string => (/mono/i.test(value) ? "JetBrains Mono" : "Inter");
