import { strToU8, unzipSync, zipSync } from "fflate";
import { beforeEach, expect, test } from "vitest";
import { exportAll, importAll, unpackedModel, zipped } from "./archive.ts";
import { freshIndexedDb } from "./fixtures/freshIndexedDb.ts";
import { type Progress, SCHEMA, sealed } from "./item.ts";
import { createKeeper, type Keeper } from "./keeper.ts";
import { createShelf } from "./shelf.ts";

let keep: Keeper;
beforeEach(() => fresh());
/** Another device. */
function fresh(): void {
  freshIndexedDb();
  keep = createKeeper();
}
const about = { name: "mine", where: "a test", read: "nothing", shape: { vocabSize: 3, layers: 1, heads: 1, parameters: 12 } };
const files = new Map([["config.json", new Blob(["{}"])], ["model.safetensors", new Blob([new Uint8Array([1, 2, 3])])]]);
const work = async (): Promise<string> => {
  await keep.update<Progress>("chapter/tokens", () => ({ at: "end", finished: true, answered: ["q1"] }));
  await keep.update("path", () => "evening");
  await keep.setAside("chapter/attention", "{");
  return (await createShelf(keep).keep("model", about, files)).shelved.id;
};
const list = (items: unknown): Blob => new Blob([zipSync({ "glassbox.json": strToU8(JSON.stringify({ format: "glassbox-work", version: 1, items })) }) as Uint8Array<ArrayBuffer>]);

test("everything goes out as one file and comes back on another device, to the last byte", async () => {
  const id = await work();
  const file = await exportAll(keep);
  fresh();
  expect(await importAll(keep, file)).toEqual({ taken: 3, newer: 0, broken: 0, saved: true });
  expect((await keep.get("chapter/tokens"))!.value).toEqual({ at: "end", finished: true, answered: ["q1"] });
  const back = await createShelf(keep).open("model", id);
  expect(new Uint8Array(await back!.get("model.safetensors")!.arrayBuffer())).toEqual(new Uint8Array([1, 2, 3]));
  // Taken in twice, nothing changes.
  await importAll(keep, file);
  expect((await keep.list("")).map(({ key, revision }) => [key, revision])).toEqual([["chapter/tokens", 1], [`model/${id}`, 1], ["path", 1]]);
});

test("what was set aside goes out too", async () => {
  await work();
  const parts = unzipSync(new Uint8Array(await (await exportAll(keep)).arrayBuffer()));
  expect(JSON.parse(new TextDecoder().decode(parts["glassbox.json"]))).toMatchObject({ setAside: [{ key: "chapter/attention", found: "{" }] });
});

test("taking in merges item by item: what was read here stays read, an older name does not come back", async () => {
  const id = await work();
  const file = await exportAll(keep);
  await createShelf(keep).rename("model", id, "my best");
  await keep.update<Progress>("chapter/tokens", (old) => ({ ...old!, at: "start", answered: ["q2"] }));
  await importAll(keep, file);
  expect((await keep.get("chapter/tokens"))!.value).toEqual({ at: "start", finished: true, answered: ["q1", "q2"] });
  expect((await createShelf(keep).list("model"))[0]!.name).toBe("my best");
});

test("of a file of another edition the sound items are taken, newer and broken ones are counted and left", async () => {
  const sound = sealed("path", "evening", 1);
  const items = [sound, { ...sealed("chapter/tokens", {}, 1), schema: SCHEMA + 1 }, { ...sound, revision: 9 }, null, [], 7,
    sealed("__proto__", "x", 1), sealed("model/../../x", about, 1), sealed("model/0123456789abcdef", { ...about, files: [{ name: "gone", bytes: 1, sha256: "0" }] }, 1)];
  expect(await importAll(keep, list(items.map((value) => ({ key: "any", value }))))).toEqual({ taken: 1, newer: 1, broken: 7, saved: true });
  expect((await keep.list("")).map(({ key }) => key)).toEqual(["path"]);
});

test.each([
  ["nothing at all", new Blob([])],
  ["a web page", new Blob(["<!doctype html><title>404</title>"])],
  ["another zip", new Blob([zipSync({ "a.txt": strToU8("a") }) as Uint8Array<ArrayBuffer>])],
  ["null for its list", new Blob([zipSync({ "glassbox.json": strToU8("null") }) as Uint8Array<ArrayBuffer>])],
  ["a list for its list", new Blob([zipSync({ "glassbox.json": strToU8("[]") }) as Uint8Array<ArrayBuffer>])],
  ["half a list", new Blob([zipSync({ "glassbox.json": strToU8('{"format":"glass') }) as Uint8Array<ArrayBuffer>])],
  ["items that are none", list("x")],
])("a file with %s is refused in one sentence, and nothing changes", async (_, file) => {
  await work();
  const before = [...(await keep.everything()).items];
  await expect(importAll(keep, file)).rejects.toThrow(/^(this file|the list)/);
  expect([...(await keep.everything()).items]).toEqual(before);
});

test("an export cut short at any place is refused", async () => {
  await work();
  const whole = await exportAll(keep);
  for (let share = 0; share < 1; share += 0.07) {
    await expect(importAll(keep, whole.slice(0, Math.floor(whole.size * share)))).rejects.toThrow(/this file/);
  }
});

test("a file that says to unpack to more than a gigabyte is refused before it is unpacked", async () => {
  const bomb = zipSync({ "files/a": new Uint8Array(1000) });
  // The length of the unpacked file stands at byte 24 of its entry in the directory at the end.
  const view = new DataView(bomb.buffer);
  const directory = view.getUint32(bomb.length - 22 + 16, true);
  view.setUint32(directory + 24, 0x7fffffff, true);
  await expect(importAll(keep, new Blob([bomb as Uint8Array<ArrayBuffer>]))).rejects.toThrow(/unpacks to more than/);
});

test("a model's bytes that were damaged are set aside with what is left of them, never given to a figure", async () => {
  const id = await work();
  await keep.update("model/" + id, (old) => old, new Map([["model.safetensors", new Blob(["damaged"])]]));
  expect(await createShelf(keep).open("model", id)).toBeNull();
  expect(await createShelf(keep).list("model")).toEqual([]);
  const [, aside] = (await keep.everything()).setAside;
  expect(aside!.key).toBe(`model/${id}`);
  expect(await aside!.files!.get("model.safetensors")!.text()).toBe("damaged");
});

test("a deleted model comes back whole when that is undone", async () => {
  const id = await work();
  const mine = createShelf(keep);
  const undo = await mine.remove("model", id);
  expect(await mine.open("model", id)).toBeNull();
  expect(await undo!()).toBe(true);
  expect([...(await mine.open("model", id))!.keys()]).toEqual(["config.json", "model.safetensors"]);
});

test("a zip of this book is one that others open: names, bytes and checksums", async () => {
  const file = await zipped(new Map([["a/config.json", new Blob(["{}"])], ["a/large", new Blob([new Uint8Array(9_000_000).fill(7)])]]));
  const parts = unzipSync(new Uint8Array(await file.arrayBuffer()));
  expect(Object.keys(parts)).toEqual(["a/config.json", "a/large"]);
  expect(parts["a/large"]!.every((byte) => byte === 7)).toBe(true);
  expect((await unpackedModel(file)).map(({ name, data }) => [name, data.size])).toEqual([["a/config.json", 2], ["a/large", 9_000_000]]);
});
