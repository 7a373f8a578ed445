/** Reads a tar archive held in memory: enough of the format (ustar and GNU long names) for the archives set-up unpacks. */

const text = (bytes) => bytes.toString("utf8").replace(/\0.*$/s, "");

/** Yields `{ path, mode, bytes }` for each plain file. Throws on a name that would leave the target folder. */
export function* untar(archive) {
  let longName;
  for (let at = 0; at + 512 <= archive.length; ) {
    const header = archive.subarray(at, at + 512);
    const name = text(header.subarray(0, 100));
    if (name === "") return;
    const size = Number.parseInt(text(header.subarray(124, 136)), 8);
    const type = String.fromCharCode(header[156]);
    const bytes = archive.subarray(at + 512, at + 512 + size);
    at += 512 + Math.ceil(size / 512) * 512;
    if (type === "L") {
      longName = text(bytes);
      continue;
    }
    const prefix = text(header.subarray(345, 500));
    const path = longName ?? (prefix ? `${prefix}/${name}` : name);
    longName = undefined;
    if (type !== "0" && type !== "\0") continue;
    if (path.startsWith("/") || path.split("/").includes("..")) throw new Error(`untar: ${path} leaves the folder`);
    yield { path, mode: Number.parseInt(text(header.subarray(100, 108)), 8) & 0o777, bytes };
  }
}
