/** What each chapter builds on, by number. Every chapter still opens with a figure that asks for none of it. */
const needed: Readonly<Record<number, readonly number[]>> = {
  3: [2], 4: [2, 3], 5: [4], 6: [3, 5], 7: [2, 3], 8: [7, 4], 9: [8], 10: [8, 5], 11: [1], 12: [2, 7, 11], 13: [2, 12], 14: [13],
  15: [14, 8], 16: [15, 11, 5], 17: [16], 18: [16], 19: [2, 15], 20: [19, 8], 21: [16, 11], 22: [15, 19], 23: [16, 6], 24: [15, 17, 19],
  25: [15, 19], 26: [17, 24], 27: [14, 19], 28: [27, 10, 5], 29: [8, 5], 30: [29, 5], 31: [15, 9], 32: [12, 16, 17], 33: [32], 34: [4, 17],
  35: [18, 19, 24, 11], 36: [4, 21, 34], 37: [16, 34],
};

/** The numbers of the chapters that this one builds on, in the order of the book. */
export const needsOf = (number: number): readonly number[] => [...(needed[number] ?? [])].sort((a, b) => a - b);
