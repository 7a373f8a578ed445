import { readFileSync } from "node:fs";
import { IDBObjectStore } from "fake-indexeddb";
import { openDB } from "idb";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { DATABASE, openDatabase } from "./database.ts";
import { freshIndexedDb } from "./fixtures/freshIndexedDb.ts";
import { examine, type Item, type Progress, SCHEMA, sealed } from "./item.ts";
import { createKeeper, type Keeper, type Trouble } from "./keeper.ts";
import { createProgress } from "./progress.ts";

/** A browser's storage that several tabs share, and the keepers of these tabs. */
const tabs: Keeper[] = [];
const tab = (options: Parameters<typeof createKeeper>[0] = {}): Keeper => {
  const made = createKeeper({ patience: 100, ...options });
  tabs.push(made);
  return made;
};
/** What the notice of a tab would say now. */
function troubleOf(keep: Keeper): { now: Trouble | null } {
  const seen: { now: Trouble | null } = { now: null };
  keep.onTrouble((trouble) => { seen.now = trouble; });
  return seen;
}
const raw = async (key: string): Promise<unknown> => {
  const { db } = await openDatabase(() => undefined);
  const found = await db.get("items", key);
  db.close();
  return found;
};
const plant = async (key: string, value: unknown): Promise<void> => {
  const { db } = await openDatabase(() => undefined);
  await db.put("items", value, key);
  db.close();
};
const chapter = (answered: string[], finished = false): Progress => ({ at: "start", finished, answered });
const add = (keep: Keeper, id: string) =>
  keep.update<Progress>("chapter/tokens", (old) => ({ ...(old ?? chapter([])), answered: [...(old?.answered ?? []), id] }));

beforeEach(freshIndexedDb);
afterEach(async () => {
  await Promise.all(tabs.splice(0).map((keep) => keep.close()));
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

test("what one tab writes, the next one reads, with a count of its writes", async () => {
  const keep = tab();
  expect(await keep.update("chapter/tokens", () => chapter(["a"]))).toBe(true);
  expect(await keep.update<Progress>("chapter/tokens", (old) => ({ ...old!, finished: true }))).toBe(true);
  const item = await tab().get("chapter/tokens");
  expect(item).toMatchObject({ schema: SCHEMA, revision: 2, value: { at: "start", finished: true, answered: ["a"] } });
});

test("two tabs that write the same item at once both count", async () => {
  const [a, b] = [tab(), tab()];
  await Promise.all([a, b, a, b].map((keep, i) => add(keep, `q${i}`)));
  const { answered } = (await tab().get("chapter/tokens"))!.value as Progress;
  expect([...answered].sort()).toEqual(["q0", "q1", "q2", "q3"]);
});

test("a tab hears what another has written", async () => {
  const [a, b] = [tab(), tab()];
  const heard = new Promise<string>((resolve) => { b.onChange(resolve); });
  await add(a, "q");
  expect(await heard).toBe("chapter/tokens");
});

test.each([["null", null], ["a list", []], ["a text", "{"], ["a wrong checksum", { ...sealed("chapter/tokens", chapter(["a"]), 3), revision: 4 }],
  ["a value of another form", sealed("chapter/tokens", { at: 7 }, 1)]])(
  "%s in the place of an item is set aside and exported, and the others live", async (_, found) => {
    await plant("chapter/tokens", found);
    await plant("chapter/attention", sealed("chapter/attention", chapter(["b"]), 1));
    const keep = tab();
    expect(await keep.get("chapter/tokens")).toBeNull();
    expect((await keep.list("chapter/")).map(({ key }) => key)).toEqual(["chapter/attention"]);
    expect((await keep.everything()).setAside).toMatchObject([{ key: "chapter/tokens", found }]);
    expect(await add(keep, "again")).toBe(true);
    expect((await tab().get("chapter/tokens"))!.value).toMatchObject({ answered: ["again"] });
  });

test("an item of a newer edition is read by nobody, never overwritten, and exported as it is", async () => {
  const newer = { key: "chapter/tokens", schema: SCHEMA + 1, anything: [1, 2] };
  await plant("chapter/tokens", newer);
  const keep = tab();
  const trouble = troubleOf(keep);
  expect(await keep.get("chapter/tokens")).toBeNull();
  expect(await add(keep, "q")).toBe(false);
  expect(trouble.now).toBe("newer");
  expect(await raw("chapter/tokens")).toEqual(newer);
  expect((await keep.everything()).items.get("chapter/tokens")).toEqual(newer);
});

test("an old tab lets a newer edition change the database, then reads on and writes nothing", async () => {
  const keep = tab();
  const trouble = troubleOf(keep);
  await add(keep, "before");
  // Not blocked: the old tab gives its connection up.
  const newer = await openDB(DATABASE, 7, { upgrade: (db) => void db.createObjectStore("more") });
  expect(await add(keep, "after")).toBe(false);
  expect(trouble.now).toBe("newer");
  const { answered } = (await newer.get("items", "chapter/tokens") as Item<Progress>).value;
  expect(answered).toEqual(["before"]);
  const { items } = await keep.everything();
  expect(items.has("chapter/tokens")).toBe(true);
  newer.close();
});

const original = IDBObjectStore.prototype.put;

test("a killed write leaves the item as it was or as it was to be, whichever write it was", async () => {
  const files = new Map([["config.json", new Blob(["new"])], ["model.safetensors", new Blob(["new"])]]);
  const write = vi.spyOn(IDBObjectStore.prototype, "put");
  for (let dies = 1; dies <= 4; dies++) {
    freshIndexedDb();
    write.mockReset();
    const keep = tab();
    await keep.update("path", () => "old", new Map([["config.json", new Blob(["old"])], ["model.safetensors", new Blob(["old"])]]));
    let calls = 0;
    write.mockImplementation(function mocked(this: IDBObjectStore, ...asked: unknown[]) {
      calls += 1;
      if (calls === dies) throw new DOMException("killed", "AbortError");
      return original.apply(this, asked as never);
    });
    const saved = await keep.update("path", () => "new", files);
    write.mockReset();
    const next = tab();
    const word = saved ? "new" : "old";
    expect((await next.get("path"))!.value, `killed at write ${dies}`).toBe(word);
    for (const name of files.keys()) expect(await (await next.file("path", name))!.text()).toBe(word);
    expect(saved).toBe(dies > 3);
  }
});
test.each([["full", "QuotaExceededError"], ["shut", "SecurityError"], ["failed", "AbortError"]] as const)(
  "a store that is %s is said within a second, the item lives in this page and in its export, and the next write saves both", async (word, name) => {
    const keep = tab();
    const trouble = troubleOf(keep);
    const put = vi.spyOn(IDBObjectStore.prototype, "put").mockImplementation(() => { throw new DOMException("no", name); });
    const begun = performance.now();
    expect(await add(keep, "q1")).toBe(false);
    expect(performance.now() - begun).toBeLessThan(1000);
    expect(trouble.now).toBe(word);
    expect((await keep.get("chapter/tokens"))!.value).toMatchObject({ answered: ["q1"] });
    expect((await keep.everything()).items.get("chapter/tokens")).toMatchObject({ value: { answered: ["q1"] } });
    put.mockRestore();
    expect(await keep.update("path", () => "evening")).toBe(true);
    expect(trouble.now).toBeNull();
    expect((await tab().get("chapter/tokens"))!.value).toMatchObject({ answered: ["q1"] });
  });

test("a browser whose storage throws at the first touch keeps everything in the page and says so", async () => {
  vi.stubGlobal("indexedDB", { open: () => { throw new DOMException("denied", "SecurityError"); } });
  const keep = tab();
  const trouble = troubleOf(keep);
  expect(await add(keep, "q1")).toBe(false);
  expect(await add(keep, "q2")).toBe(false);
  expect(trouble.now).toBe("shut");
  expect((await keep.get("chapter/tokens"))!.value).toMatchObject({ answered: ["q1", "q2"] });
  expect((await keep.list("chapter/")).length).toBe(1);
});

test("an open that another tab blocks is said within a second, and what was held is saved once it opens", async () => {
  let release = (): void => undefined;
  const gate = new Promise<void>((resolve) => { release = resolve; });
  const keep = tab({ open: async (lost) => gate.then(() => openDatabase(lost)), patience: 50 });
  const trouble = troubleOf(keep);
  const writing = add(keep, "q");
  await vi.waitFor(() => expect(trouble.now).toBe("slow"), { timeout: 900 });
  expect((await keep.everything()).items.get("chapter/tokens")).toMatchObject({ value: { answered: ["q"] } });
  release();
  expect(await writing).toBe(true);
  expect(trouble.now).toBeNull();
  expect((await tab().get("chapter/tokens"))!.value).toMatchObject({ answered: ["q"] });
});

test("a clock that goes back loses nothing: later writes win by their count", async () => {
  const keep = tab();
  vi.spyOn(Date, "now").mockReturnValue(2e12);
  await keep.update("path", () => "first");
  vi.spyOn(Date, "now").mockReturnValue(1e12);
  await keep.update("path", () => "second");
  const second = (await keep.get("path"))!;
  expect(second).toMatchObject({ value: "second", revision: 2, saved: 1e12 });
  // The older copy, from an export of before, does not win either.
  await keep.merge(sealed("path", "first", 1, 2e12));
  expect((await keep.get("path"))!.value).toBe("second");
});

/** A localStorage with these entries. */
function oldStorage(entries: Record<string, string>): Storage & { readonly all: Map<string, string> } {
  const all = new Map(Object.entries(entries));
  return {
    all, get length() { return all.size; }, key: (i: number) => [...all.keys()][i] ?? null, getItem: (key: string) => all.get(key) ?? null,
    setItem: (key: string, value: string) => void all.set(key, value), removeItem: (key: string) => void all.delete(key), clear: () => all.clear(),
  };
}
const form0 = JSON.parse(readFileSync(new URL("fixtures/form0.json", import.meta.url), "utf8")) as Record<string, string>;

test("form 0, in localStorage, is taken over item by item: broken ones set aside, newer ones left, the theme left", async () => {
  const keep = tab();
  const old = oldStorage(form0);
  const mine = createProgress(keep, () => old);
  expect(await mine.of("attention")).toEqual({ at: "one-query", finished: false, answered: ["attention-1", "attention-3"] });
  expect(await mine.of("gradient-descent")).toEqual({ at: null, finished: true, answered: [] });
  expect(await mine.path()).toBe("to-a-served-model");
  expect(await mine.of("tokens")).toBeNull();
  const aside = (await keep.everything()).setAside.map(({ key, found }) => [key, found]);
  expect(aside).toEqual([["chapter/tokens", form0["glassbox:chapter:tokens"]], ["chapter/masks-and-heads", "null"]]);
  expect([...old.all.keys()]).toEqual(["glassbox:chapter:sampling", "glassbox-theme"]);
});

test("an entry of form 0 goes only when it is saved, and a page of an old edition may go on writing", async () => {
  const old = oldStorage({ "glassbox:chapter:tokens": '{"version":1,"at":"a","finished":false,"answered":["q1"]}' });
  const shut = tab({ open: () => Promise.reject(new DOMException("denied", "SecurityError")) });
  expect(await createProgress(shut, () => old).of("tokens")).toMatchObject({ answered: ["q1"] });
  expect(old.all.size).toBe(1);
  await createProgress(tab(), () => old).of("tokens");
  expect(old.all.size).toBe(0);
  old.setItem("glassbox:chapter:tokens", '{"version":1,"at":"b","finished":true,"answered":["q2"]}');
  expect(await createProgress(tab(), () => old).of("tokens")).toMatchObject({ finished: true, answered: ["q1", "q2"] });
});

test.each(["throws", "is missing", "is full"])("a localStorage that %s hinders nothing", async (how) => {
  const refuse = (): never => { throw new DOMException("no", how === "is full" ? "QuotaExceededError" : "SecurityError"); };
  const old = { get length(): number { return refuse(); }, key: refuse, getItem: refuse, setItem: refuse, removeItem: refuse, clear: refuse } as Storage;
  const mine = createProgress(tab(), () => (how === "is missing" ? null : how === "throws" ? refuse() : old));
  expect(await mine.add("tokens", { answered: ["q"] })).toBe(true);
  expect(await mine.of("tokens")).toEqual({ at: null, finished: false, answered: ["q"] });
});

test("what was read stays read, answers gather, and forgetting leaves models alone", async () => {
  const keep = tab();
  const mine = createProgress(keep, () => null);
  await mine.add("tokens", { at: "end", finished: true, answered: ["q1"] });
  await mine.add("tokens", { at: "start", finished: false, answered: ["q1", "q2"] });
  expect(await mine.of("tokens")).toEqual({ at: "start", finished: true, answered: ["q1", "q2"] });
  await mine.choosePath("evening");
  const model = { name: "n", where: "w", read: "r", files: [{ name: "config.json", bytes: 1, sha256: "0" }], shape: { vocabSize: 5 } };
  await keep.update("model/0123456789abcdef", () => model, new Map([["config.json", new Blob(["x"])]]));
  await mine.forget();
  expect([await mine.of("tokens"), await mine.path()]).toEqual([null, null]);
  expect((await keep.list("model/")).length).toBe(1);
});

test("an item of every released form is read as one of today; the checksums of form 1 are Python's zlib.crc32", () => {
  const form1 = JSON.parse(readFileSync(new URL("fixtures/form1.json", import.meta.url), "utf8")) as unknown[];
  expect(form1.map((item) => examine(item))).toEqual(form1.map((item) => ({ is: "sound", item })));
});
