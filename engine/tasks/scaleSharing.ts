/** Which weights share a scale, in words: all of a matrix, those of a row, or so many neighbours in stored order. */
export const scaleSharing = {
  tensor: "the whole matrix", channel: "each row", g128: "128 weights", g64: "64 weights", g32: "32 weights", g16: "16 weights", g8: "8 weights",
} as const;

export type ScaleSharing = keyof typeof scaleSharing;
