/** "3.1 ×", "0.04 ×", "12 ×": a ratio to two digits. */
export const formatTimes = (ratio: number): string => `${ratio >= 9.95 ? Math.round(ratio) : Number(ratio.toPrecision(ratio < 0.0995 ? 1 : 2))} ×`;
