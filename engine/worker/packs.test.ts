import { createHash } from "node:crypto";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { gzipSync } from "node:zlib";
import { afterEach, expect, test, vi } from "vitest";
import { fetchPack } from "./packs.ts";

afterEach(() => vi.unstubAllGlobals());

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
let sites = 0;

/** A site that answers these paths; every other one is a 404. */
function serve(files: Readonly<Record<string, Uint8Array | string>>): { site: string; asked: { path: string; cache: unknown }[] } {
  const site = `https://site-${++sites}.test/`;
  const asked: { path: string; cache: unknown }[] = [];
  vi.stubGlobal("fetch", async (address: URL, options: RequestInit = {}) => {
    const path = new URL(address).href.slice(site.length);
    asked.push({ path, cache: options.cache });
    const body = files[path];
    return new Response((body ?? "none") as BodyInit, { status: body === undefined ? 404 : 200 });
  });
  return { site, asked };
}

const pack = Uint8Array.of(1, 2, 3, 4);
const manifest = (...files: object[]): string => JSON.stringify({ packs: [{ name: "story", files }] });
const load = (site: string, name = "models/story/a.bin") => fetchPack(name, site, () => undefined);

test("a pack whose checksum is the one it was shipped with arrives, and is fetched once", async () => {
  const { site, asked } = serve({ "models/story/a.bin": pack, "models/manifest.json": manifest({ file: "story/a.bin", sha256: sha256(pack) }) });
  expect(await load(site)).toEqual(pack);
  expect(await load(site)).toEqual(pack);
  expect(asked.filter(({ path }) => path.endsWith("a.bin"))).toHaveLength(1);
});

test("a manifest that lists a pack without a list of files holds it to its checksum too", async () => {
  const files: Record<string, Uint8Array | string> = { "data/book.txt": pack, "data/manifest.json": JSON.stringify({ packs: [{ file: "book.txt", sha256: sha256(Uint8Array.of(0)) }] }) };
  await expect(load(serve(files).site, "data/book.txt")).rejects.toThrow("data/book.txt could not be used: it arrived damaged");
});

test("one flipped bit is refused, and the next try goes past the caches", async () => {
  const files: Record<string, Uint8Array | string> = { "models/story/a.bin": Uint8Array.of(1, 2, 3, 5), "models/manifest.json": manifest({ file: "story/a.bin", sha256: sha256(pack) }) };
  const { site, asked } = serve(files);
  await expect(load(site)).rejects.toThrow("story/a.bin could not be used: it arrived damaged, its checksum is not the one it was shipped with");
  files["models/story/a.bin"] = pack;
  expect(await load(site)).toEqual(pack);
  expect(asked.filter(({ path }) => path.endsWith("a.bin")).map(({ cache }) => cache)).toEqual([undefined, "reload"]);
});

test("a web page in its place is called one", async () => {
  const { site } = serve({ "models/story/a.bin": "<!doctype html>", "models/manifest.json": manifest({ file: "story/a.bin", sha256: sha256(pack) }) });
  await expect(load(site)).rejects.toThrow("story/a.bin could not be used: the server sent a web page instead of it");
});

test("without a sound manifest the bytes come unchecked", async () => {
  for (const broken of [undefined, "{", "null", "[]", '{"packs":[null,{"files":[null,{"file":1}]}]}']) {
    const { site } = serve({ "models/story/a.bin": pack, ...(broken !== undefined && { "models/manifest.json": broken }) });
    expect(await load(site)).toEqual(pack);
  }
});

test("a server that refuses is quoted with its status", async () => {
  await expect(load(serve({}).site)).rejects.toThrow("story/a.bin could not be loaded (status 404)");
});

test("whoever asks for a pack that is there already is not kept", async () => {
  const { site } = serve({ "models/story/a.bin": pack });
  const weights: WeakRef<object>[] = [];
  for (let i = 0; i < 3; i++) {
    const run = { weights: new Float32Array(1000) };
    weights.push(new WeakRef(run));
    await fetchPack("models/story/a.bin", site, () => void run);
  }
  setFlagsFromString("--expose-gc");
  await new Promise((resolve) => { setTimeout(resolve, 0); });
  (runInNewContext("gc") as () => void)();
  // The last one may still stand in this function's own frame.
  expect(weights.slice(0, 2).map((one) => one.deref())).toEqual([undefined, undefined]);
});

test("weights are fetched squeezed, and held to the checksum of what they were", async () => {
  const weights = new Uint8Array(5000).map((_, i) => i % 7);
  const listed = manifest({ file: "story/model.safetensors", sha256: sha256(weights) });
  const { site, asked } = serve({ "models/story/model.safetensors.gz": gzipSync(weights), "models/manifest.json": listed });
  expect(await load(site, "models/story/model.safetensors")).toEqual(weights);
  expect(asked.map(({ path }) => path)).not.toContain("models/story/model.safetensors");
  // A server that squeezes or unsqueezes files by their names hands out the bytes themselves.
  expect(await load(serve({ "models/story/model.safetensors.gz": weights, "models/manifest.json": listed }).site, "models/story/model.safetensors")).toEqual(weights);
  const cut = gzipSync(weights).subarray(0, 20);
  await expect(load(serve({ "models/story/model.safetensors.gz": cut, "models/manifest.json": listed }).site, "models/story/model.safetensors"))
    .rejects.toThrow("story/model.safetensors could not be used: it arrived damaged");
});

test("a browser that cannot undo gzip takes the weights as they are", async () => {
  vi.stubGlobal("DecompressionStream", undefined);
  const { site } = serve({ "models/story/model.safetensors": pack });
  expect(await load(site, "models/story/model.safetensors")).toEqual(pack);
});
