import { ModelFileError, quoted } from "./modelFileError.ts";

/** A file that lies somewhere: its name, perhaps with the folders it was found in, and its bytes or the promise of them. */
export interface ModelFile {
  readonly name: string;
  readonly data: Blob | Uint8Array;
}

/** Bytes that are read in slices. */
export interface ByteSource {
  readonly name: string;
  readonly size: number;
  /** A copy of these bytes, or a view of them. Throws: ModelFileError `unreadable`, `truncated`. */
  read(begin: number, end: number): Promise<Uint8Array>;
}

/** A file to be read in slices. Of a Blob nothing is in memory but the slice that is asked for. */
export function byteSource({ name, data }: ModelFile): ByteSource {
  if (data instanceof Uint8Array) {
    return { name, size: data.length, read: (begin, end) => Promise.resolve(data.subarray(begin, end)) };
  }
  return {
    name, size: data.size,
    async read(begin, end) {
      let bytes: Uint8Array;
      try {
        bytes = new Uint8Array(await data.slice(begin, end).arrayBuffer());
      } catch {
        // What a browser says of a file that was moved or written to since it was chosen.
        throw new ModelFileError("unreadable", `${quoted(name)} can no longer be read: it was moved or changed after it was chosen`);
      }
      if (bytes.length === end - begin) return bytes;
      const message = `${quoted(name)} gave ${bytes.length} bytes where ${end - begin} were asked for`;
      throw new ModelFileError("truncated", message, { offset: begin });
    },
  };
}

/** All of a small file. Throws: ModelFileError `size` when it is larger than `most`, and those of `read`. */
export function readWhole(source: ByteSource, most: number): Promise<Uint8Array> {
  const { name, size } = source;
  if (size > most) throw new ModelFileError("size", `${quoted(name)} has ${size} bytes, at most ${most} are read`);
  return source.read(0, size);
}
