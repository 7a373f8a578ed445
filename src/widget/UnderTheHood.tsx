import { useEffect, useState } from "react";
import { byKernel, type Profile, type ProfileLaunch, type ProfileRow } from "../../engine/profile.ts";
import { DataTable } from "./DataTable.tsx";
import type { Table } from "./defineWidget.ts";
import { takeFrom } from "./store.ts";

const clocks: Readonly<Record<Profile["clock"], string>> = {
  timestamps: "by the GPU’s own timestamps", "each alone": "each launch submitted alone and waited for", processor: "by the processor’s clock",
};

interface UnderTheHoodProps {
  readonly figure: string;
  /** Whether the figure's task has tensors at all. */
  readonly tensors: boolean;
}

/** What the engine launched for the last frame: each kernel with its launches, milliseconds, bytes and speed, its shapes and its WGSL. */
export function UnderTheHood(props: UnderTheHoodProps) {
  const [turn, setTurn] = useState(0);
  return <Measured key={turn} {...props} again={() => setTurn(turn + 1)} />;
}

function Measured({ figure, tensors, again }: UnderTheHoodProps & { readonly again: () => void }) {
  const [found, setFound] = useState<readonly Profile[] | "waiting" | "none">("waiting");
  useEffect(() => {
    let wanted = true;
    const read = (bytes: Uint8Array | null) => (bytes ? JSON.parse(new TextDecoder().decode(bytes)) as Profile[] : "none");
    void takeFrom(figure, "profile").then(read).then((profiles) => { if (wanted) setFound(profiles); });
    return () => { wanted = false; };
  }, [figure]);
  if (found === "none") {
    return (
      <p className="gb-notice">{tensors
        ? "The engine has launched nothing for this figure yet, or could not measure it. Run it and look again."
        : "This figure is computed in plain code on a few numbers: it has no tensors, launches no kernel, and there is nothing to list."}</p>
    );
  }
  if (found === "waiting") return <output className="gb-notice">Measuring…</output>;
  return (
    <section className="gb-hood" aria-label="Under the hood" data-hood="">
      {found.map((profile) => <OneBackend key={profile.backend} profile={profile} named={found.length > 1} />)}
      <p><button type="button" onClick={again}>Measure again</button></p>
    </section>
  );
}

function OneBackend({ profile, named }: { readonly profile: Profile; readonly named: boolean }) {
  const rows = byKernel(profile);
  const where = named ? `, on the ${profile.backend === "webgpu" ? "GPU" : "CPU"}` : "";
  return (
    <>
      <p>{inWords(profile, rows)}</p>
      <DataTable table={tableOf(rows)} caption={`Kernels of the last frame${where}`} />
      {rows.map(({ kernel }) => <KernelText key={kernel} profile={profile} kernel={kernel} />)}
    </>
  );
}

/** One kernel: the shapes it was launched on, and the text that a GPU runs for them. */
function KernelText({ profile, kernel }: { readonly profile: Profile; readonly kernel: string }) {
  const launches = profile.launches.filter((launch) => launch.kernel === kernel);
  const texts = profile.shaders[kernel] ?? [];
  return (
    <details>
      <summary>{kernel}: shapes and WGSL</summary>
      <ul>{launches.map((launch, i) => <li key={i}>{shapesOf(launch)}</li>)}</ul>
      {texts.map((text, i) => (text === ""
        ? <p key={i} className="gb-notice">It runs on the CPU alone.</p>
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by keyboard
        : <pre key={i} tabIndex={0} aria-label={`WGSL of ${kernel}`}><code>{text.trim()}</code></pre>))}
    </details>
  );
}

/** "4 × [4,8] · [8,8] → [4,8], causal = true: 0.002 ms each" */
function shapesOf({ inputs, outputs, attributes, times, milliseconds }: ProfileLaunch): string {
  const shapes = (all: readonly (readonly number[])[]): string => all.map((shape) => `[${shape.join(",")}]`).join(" · ");
  const settings = Object.entries(attributes).map(([name, value]) => `, ${name} = ${String(value)}`).join("");
  return `${times} × ${shapes(inputs)}${inputs.length > 0 ? " → " : ""}${shapes(outputs)}${settings}: ${number(milliseconds)} ms each`;
}

function inWords({ backend, clock, milliseconds }: Profile, rows: readonly ProfileRow[]): string {
  const launches = rows.reduce((sum, row) => sum + row.launches, 0);
  const operations = rows.reduce((sum, row) => sum + (row.operations ?? 0), 0);
  const speed = milliseconds > 0 && operations > 0 ? `, ${number(operations / milliseconds / 1e6)} GFLOP/s` : "";
  const text = backend === "webgpu" ? "WGSL is the text that runs there" : "WGSL is the text that a GPU would run; here WebAssembly and typed arrays do the same";
  return `The last frame made ${launches} launches of ${rows.length} ${rows.length === 1 ? "kernel" : "kernels"} on the ${backend === "webgpu" ? "GPU" : "CPU"}: `
    + `${number(milliseconds)} ms in all${speed}. Each was measured again just now on numbers of the same shapes, ${clocks[clock]}. ${text}.`;
}

function tableOf(rows: readonly ProfileRow[]): Table {
  const optional = (value: number | null): string => (value === null ? "–" : number(value));
  return {
    columns: ["kernel", "launches", "ms", "share", "MB", "GB/s", "MFLOP", "GFLOP/s"],
    rows: rows.map(({ kernel, launches, milliseconds, share, bytes, gigabytesPerSecond, operations, gigaflops }) => [
      kernel, launches, number(milliseconds), `${(100 * share).toFixed(1)} %`, number(bytes / 1e6), optional(gigabytesPerSecond),
      optional(operations === null ? null : operations / 1e6), optional(gigaflops),
    ]),
  };
}

/** Three digits, without a power of ten. */
function number(value: number): string {
  if (value === 0) return "0";
  return value >= 100 ? value.toFixed(0) : value.toFixed(Math.max(0, 2 - Math.floor(Math.log10(value))));
}
