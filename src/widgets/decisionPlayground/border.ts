/**
 * The line on which a grid of values equals `level`: marching squares between the centres of cells, as path data.
 * Subtle: in a saddle, where all four sides are crossed, the crossings are joined in the order of the sides; either way is right.
 */
export function borderOf(values: readonly number[], side: number, level: number, cell: number): string {
  const at = (row: number, column: number): number => values[row * side + column]!;
  const pieces: string[] = [];
  for (let row = 0; row + 1 < side; row++) {
    for (let column = 0; column + 1 < side; column++) {
      const corners = [[row, column], [row, column + 1], [row + 1, column + 1], [row + 1, column]] as const;
      const crossings = corners.flatMap(([r, c], i) => {
        const [r2, c2] = corners[(i + 1) % 4]!;
        const [a, b] = [at(r, c) - level, at(r2, c2) - level];
        if (a > 0 === b > 0) return [];
        const share = a / (a - b);
        return [`${round((c + 0.5 + share * (c2 - c)) * cell)},${round((r + 0.5 + share * (r2 - r)) * cell)}`];
      });
      for (let i = 0; i + 1 < crossings.length; i += 2) pieces.push(`M${crossings[i]}L${crossings[i + 1]}`);
    }
  }
  return pieces.join("");
}

const round = (value: number): number => Math.round(value * 10) / 10;

/** Cells of each class of `classOf`, runs in a row joined, as path data by class. */
export function tintsOf(values: readonly number[], side: number, cell: number, classes: number, classOf: (value: number) => number): string[] {
  const paths = Array.from({ length: classes }, () => "");
  for (let row = 0; row < side; row++) {
    for (let column = 0; column < side;) {
      const kind = classOf(values[row * side + column]!);
      let end = column + 1;
      while (end < side && classOf(values[row * side + end]!) === kind) end++;
      paths[kind] += `M${round(column * cell)},${round(row * cell)}H${round(end * cell)}V${round((row + 1) * cell)}H${round(column * cell)}Z`;
      column = end;
    }
  }
  return paths;
}
