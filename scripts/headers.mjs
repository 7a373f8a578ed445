/** The `_headers` format of Netlify and Cloudflare Pages: an address pattern, then indented `Name: value` or `! Name` lines. */

/** Reads the rules in order. A pattern may hold `*` (anything) and `:name` (one path part). Throws on a line that is neither. */
export function parseHeaderRules(text) {
  const rules = [];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const content = line.trim();
    if (content === "" || content.startsWith("#")) continue;
    if (!/^\s/.test(line)) {
      rules.push({ pattern: patternOf(content), changes: [] });
      continue;
    }
    const change = /^(?:!\s*(?<removed>[\w-]+)|(?<name>[\w-]+)\s*:\s*(?<value>.*))$/.exec(content)?.groups;
    if (change === undefined || rules.length === 0) throw new Error(`_headers: line ${index + 1} is not a header: ${content}`);
    rules.at(-1).changes.push(change);
  }
  return rules;
}

function patternOf(address) {
  const escaped = address.replace(/[.+?^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`^${escaped.replaceAll("*", ".*").replace(/:[A-Za-z]\w*/g, "[^/]+")}$`);
}

/** The headers for one path: later rules add to earlier ones (values join with a comma), `! Name` takes one away. */
export function headersFor(rules, path) {
  const headers = new Map();
  for (const { pattern, changes } of rules) {
    if (!pattern.test(path)) continue;
    for (const { removed, name, value } of changes) {
      if (removed) headers.delete(removed.toLowerCase());
      else {
        const earlier = headers.get(name.toLowerCase())?.[1];
        headers.set(name.toLowerCase(), [name, earlier === undefined ? value : `${earlier}, ${value}`]);
      }
    }
  }
  return Object.fromEntries(headers.values());
}
