// The part of the memory that kernels use for packed panels and intermediate rows. It begins where static data ends.

/** Rows of k that a packed panel holds at most. */
export const panelDepth: i32 = 256;
/** Columns of b that are packed at a time. */
export const panelWidth: i32 = 512;
/** Rows of a transposed a that are packed at a time: a multiple of the rows of a tile. */
export const panelHeight: i32 = 120;

/** One tile, when it is not written straight to its place. */
export const spill: usize = (__heap_base + 63) & ~63;
/** The rest, 8 MiB: packed panels of a matrix product, or the panels and rows of one attention head. */
export const work: usize = spill + 256;
/** Packed panels of b. */
export const packedB: usize = work;
/** Packed rows of a. */
export const packedA: usize = packedB + <usize>(panelDepth * panelWidth * 4);
const end: usize = work + 8 * 1024 * 1024;

/** The first byte that kernels leave alone. */
export function reserveScratch(): usize {
  return end;
}
