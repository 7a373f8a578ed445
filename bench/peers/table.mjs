/** The report as a Markdown table, and its place in README.md. */
import { readFileSync, writeFileSync } from "node:fs";

const begin = "<!-- bench:peers -->", end = "<!-- /bench:peers -->";

const isOurs = ({ name }) => name.startsWith("ours");
const figure = (value) => (Number.isInteger(value) || value >= 100 ? Math.round(value).toLocaleString("en") : value.toFixed(value >= 10 ? 1 : 2));

/** One line a workload: our medians, the best peer's, the ratio of the best of ours to it, and who else took part. */
export function toMarkdown({ machine, rows, firstSteps = [], bundles }) {
  const gpu = machine.adapter ? `WebGPU on ${machine.adapter.name}${machine.adapter.software ? " (software)" : ""}` : "no WebGPU adapter";
  const lines = rows.map((row) => line(row.title, row.unit, row.entries, row.absent));
  if (firstSteps.length) lines.push(line("first training step on WebGPU, device and compiling included, GPT 4 layers", "s", firstSteps, {}, { less: true }));
  const kilobytes = (entries) => entries.map(({ name, script, wasm }) => ({ name, median: (script + wasm) / 1000, fastest: 0, slowest: 0 }));
  if (bundles) {
    lines.push(line("download that trains the GPT of 4 layers, WebAssembly included, gzip", "KB", kilobytes(bundles.training), {}, { less: true }));
    lines.push(line("the whole library, WebAssembly included, gzip", "KB", kilobytes(bundles.whole), {}, { less: true }));
  }
  const loads = rows.flatMap(({ load }) => load ?? []), busiest = Math.max(...loads);
  const shared = busiest > 1 ? ` Other programs ran too: load average ${Math.min(...loads).toFixed(1)}–${busiest.toFixed(1)} before the workloads.` : "";
  return [
    `Measured ${machine.date} on ${machine.processor}, ${machine.cores} cores, ${machine.browser}; ${gpu}. Peers on the processor use ${machine.threads} threads, ours one.${shared}`,
    "Medians, in brackets slowest and fastest round; ratios of medians, in brackets of fastest rounds.",
    "",
    "| workload | unit | ours | best peer | ratio | others |",
    "|---|---|---|---|---|---|",
    ...lines,
  ].join("\n");
}

function line(title, unit, entries, absent = {}, { less = false } = {}) {
  const ordered = [...entries].sort((a, b) => (less ? a.median - b.median : b.median - a.median));
  const ours = ordered.filter(isOurs), [best, ...others] = ordered.filter((entry) => !isOurs(entry));
  const shown = ({ name, median, slowest, fastest }) => {
    const spread = fastest > 0 ? ` (${figure(slowest)}–${figure(fastest)})` : "";
    return `${name} ${figure(median)}${spread}`;
  };
  // Other work on the machine slows two threads more than one, so the fastest rounds are compared too.
  const over = (kind) => (less ? best[kind] / ours[0][kind] : ours[0][kind] / best[kind]);
  const comparable = best && ours[0] && Math.min(best.median, ours[0].median) > 0;
  const ratio = comparable ? `${figure(over("median"))} ×${best.fastest > 0 ? ` (${figure(over("fastest"))} ×)` : ""}` : "";
  const why = Object.entries(absent).map(([name, reason]) => `${name}: ${reason}`);
  return `| ${[title, unit, ours.map(shown).join("<br>"), best ? shown(best) : "none", ratio, [...others.map(shown), ...why].join("<br>")].join(" | ")} |`;
}

/** Puts the table between the two marker comments. Throws: Error where README.md has none. */
export function writeReadme(path, table) {
  const text = readFileSync(path, "utf8");
  const from = text.indexOf(begin), to = text.indexOf(end);
  if (from === -1 || to < from) throw new Error(`bench:peers: README.md has no ${begin} … ${end}`);
  writeFileSync(path, `${text.slice(0, from + begin.length)}\n${table}\n${text.slice(to)}`);
}
