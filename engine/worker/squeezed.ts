/**
 * The address under which a pack is fetched, after its name: weights lie beside themselves squeezed by gzip (`NAME.gz`), since hosts
 * squeeze text and leave them. A browser that cannot undo it takes them as they are.
 */
export const packAddress = (name: string): string => (name.endsWith(".safetensors") && typeof DecompressionStream === "function" ? `${name}.gz` : name);

/** What was squeezed, whole again. Bytes that are not squeezed come back as they are: some servers undo it on the way. Throws: Error where the end is missing. */
export async function unsqueezed(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  const whole = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(whole).arrayBuffer());
}
