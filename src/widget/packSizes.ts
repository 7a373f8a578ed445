/** " (loads 1.1 MB)", by asking the server for the packs' sizes alone; empty where it does not tell. */
export async function packSizes(names: readonly string[], site: string): Promise<string> {
  const sizes = await Promise.all(names.map(async (name) => {
    const response = await fetch(new URL(name.replace(/\.safetensors$/, "$&.gz"), site), { method: "HEAD" }).catch(() => null);
    return Number(response?.headers.get("content-length") ?? NaN);
  }));
  const bytes = sizes.reduce((sum, size) => sum + size, 0);
  return bytes > 0 ? ` (loads ${(bytes / 1e6).toFixed(1)} MB)` : "";
}
