import { byKernel, type Profile } from "../profile.ts";
import { columns } from "./columns.ts";

export interface NamedProfile extends Profile {
  readonly workload: string;
}

const clocks: Readonly<Record<Profile["clock"], string>> = {
  timestamps: "by the GPU's timestamps", "each alone": "each launch submitted alone and waited for", processor: "by the processor's clock",
};

/** One step kernel by kernel, the longest first, and their sum. */
export function profileTable(profile: NamedProfile): string {
  const rows = byKernel(profile);
  const bytes = rows.reduce((sum, row) => sum + row.bytes, 0), operations = rows.reduce((sum, row) => sum + (row.operations ?? 0), 0);
  const perMillisecond = (amount: number): string => (profile.milliseconds > 0 ? (amount / profile.milliseconds / 1e6).toFixed(1) : "");
  const head = ["kernel", "launches", "ms", "share", "MB", "GB/s", "MFLOP", "GFLOP/s"];
  const cells = rows.map((row) => [
    row.kernel, String(row.launches), row.milliseconds.toFixed(2), `${(100 * row.share).toFixed(1)} %`, (row.bytes / 1e6).toFixed(2),
    row.gigabytesPerSecond?.toFixed(1) ?? "", row.operations === null ? "" : (row.operations / 1e6).toFixed(1), row.gigaflops?.toFixed(1) ?? "",
  ]);
  const all = [
    "all", String(profile.launches.length), profile.milliseconds.toFixed(2), "", (bytes / 1e6).toFixed(2), perMillisecond(bytes),
    (operations / 1e6).toFixed(1), perMillisecond(operations),
  ];
  return `${profile.backend}: ${profile.workload}, one step, ${clocks[profile.clock]}\n${columns([head, ...cells, all], (column) => column === 0)}`;
}
