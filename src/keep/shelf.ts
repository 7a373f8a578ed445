import { digest, digests } from "./digest.ts";
import type { Item, Made, Shape } from "./item.ts";
import { type Keeper, keeper } from "./keeper.ts";

/** What a reader can make in one figure and use in another. */
export type MadeKind = "model" | "tokenizer";

export interface Shelved extends Made {
  readonly kind: MadeKind;
  /** Names its bytes: the same weights, config and tokenizer have the same id on every device. */
  readonly id: string;
  /** When it was kept, by the reader's clock. */
  readonly saved: number;
}

/** The reader's models and tokenizers on this device. */
export interface Shelf {
  list(kind: MadeKind): Promise<Shelved[]>;
  /** The files of one by name, each as it was kept. Null when it is not on this device, or damaged: it is then set aside. */
  open(kind: MadeKind, id: string): Promise<Map<string, Blob> | null>;
  /** Keeps files; the answer says what became of them. */
  keep(kind: MadeKind, made: Omit<Made, "files">, files: ReadonlyMap<string, Blob>): Promise<{ readonly shelved: Shelved; readonly saved: boolean }>;
  rename(kind: MadeKind, id: string, name: string): Promise<boolean>;
  /** Takes one away; what it returns puts it back. */
  remove(kind: MadeKind, id: string): Promise<(() => Promise<boolean>) | null>;
  /** Calls back with the list, now and whenever it changes. Returns what ends that. */
  follow(kind: MadeKind, listener: (list: readonly Shelved[]) => void): () => void;
}

const shelvedOf = (item: Item): Shelved => {
  const [kind, id] = item.key.split("/") as [MadeKind, string];
  return { ...(item.value as Made), kind, id, saved: item.saved };
};

export function createShelf(keep: Keeper): Shelf {
  const list = async (kind: MadeKind): Promise<Shelved[]> =>
    (await keep.list(`${kind}/`)).map(shelvedOf).sort((a, b) => a.name.localeCompare(b.name) || a.id.localeCompare(b.id));
  const filesOf = async (key: string, { files }: Made): Promise<Map<string, Blob> | null> => {
    const all = new Map<string, Blob>();
    for (const { name } of files) {
      const file = await keep.file(key, name);
      if (!file) return null;
      all.set(name, file);
    }
    return all;
  };
  return {
    list,
    async open(kind, id) {
      const key = `${kind}/${id}`;
      const item = await keep.get(key);
      if (!item) return null;
      const made = item.value as Made;
      const files = await filesOf(key, made);
      const sums = files && (await digests(made.files.map(({ name }) => files.get(name)!)));
      if (sums && made.files.every(({ sha256 }, i) => sha256.length !== sums[i]!.length || sha256 === sums[i])) return files;
      if (await keep.setAside(key, item, files ?? new Map())) await keep.remove(key);
      return null;
    },
    async keep(kind, made, files) {
      const sorted = [...files].sort(([a], [b]) => (a < b ? -1 : 1));
      const sums = await digests(sorted.map(([, file]) => file));
      const listed = sorted.map(([name, file], i) => ({ name, bytes: file.size, sha256: sums[i]! }));
      const id = (await digest(new Blob([listed.map(({ sha256 }) => sha256).join()]))).slice(0, 16);
      const value: Made = { ...made, files: listed };
      // The same bytes kept again keep the name that the reader gave them.
      const saved = await keep.update<Made>(`${kind}/${id}`, (old) => old ?? value, files);
      return { shelved: { ...value, kind, id, saved: Date.now() }, saved };
    },
    async rename(kind, id, name) {
      const key = `${kind}/${id}`;
      const now = await keep.get(key);
      return now !== null && keep.update<Made>(key, (old) => ({ ...(old ?? (now.value as Made)), name }));
    },
    async remove(kind, id) {
      const key = `${kind}/${id}`;
      const item = await keep.get(key);
      if (!item) return null;
      const files = (await filesOf(key, item.value as Made)) ?? undefined;
      return (await keep.remove(key)) ? () => keep.update(key, () => item.value, files) : null;
    },
    follow(kind, listener) {
      const look = (): void => void list(kind).then(listener);
      look();
      return keep.onChange((key) => { if (key.startsWith(`${kind}/`)) look(); });
    },
  };
}

/** "137 thousand parameters, 2 layers of 4 heads": what a list says of a model beside its bytes. */
export function inWords({ vocabSize, layers, heads, parameters }: Shape): string {
  if (layers === undefined || parameters === undefined) return `${vocabSize.toLocaleString("en")} tokens`;
  const size = parameters < 1e6 ? `${Math.round(parameters / 1e3)} thousand` : `${(parameters / 1e6).toFixed(1)} million`;
  return `${size} parameters, ${layers} ${layers === 1 ? "layer" : "layers"} of ${heads} heads, ${vocabSize.toLocaleString("en")} tokens`;
}

let one: Shelf | null = null;
/** The shelf of this page. */
export const shelf = (): Shelf => (one ??= createShelf(keeper()));
