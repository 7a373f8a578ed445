import { packAddress } from "../../engine/worker/squeezed.ts";

/** Where packs lie below the root of the site, as the engine asks for them. */
export const packAddresses = (names: readonly string[]): string[] => names.map(packAddress);

/** " (loads 1.1 MB)", by asking the server for the packs' sizes alone; empty where it does not tell. */
export async function packSizes(names: readonly string[], site: string): Promise<string> {
  const sizes = await Promise.all(packAddresses(names).map(async (address) => {
    const response = await fetch(new URL(address, site), { method: "HEAD" }).catch(() => null);
    return Number(response?.headers.get("content-length") ?? NaN);
  }));
  const bytes = sizes.reduce((sum, size) => sum + size, 0);
  return bytes > 0 ? ` (loads ${(bytes / 1e6).toFixed(1)} MB)` : "";
}
