import { cosine, sine } from "../portable.ts";
import { random, type Random } from "../random.ts";

/** What the pictures show, in the order of their labels. */
export const shapeNames = ["circle", "square", "triangle"] as const;

export interface Pictures {
  /** [count,1,28,28]: 0 is paper, 1 is ink. */
  readonly pixels: Float32Array;
  readonly labels: Int32Array;
}

export const pictureSize = 28;

type Point = readonly [number, number];

/**
 * Outlines of circles, squares and triangles as an unsteady hand draws them: of any size and stretch, a little turned, with a wavering
 * line, gaps where the pen left the paper, and specks of ink.
 */
export function drawnShapes(count: number, seed: number): Pictures {
  const draw = random(seed);
  const area = pictureSize ** 2;
  const pixels = new Float32Array(count * area);
  const labels = Int32Array.from({ length: count }, () => draw.integer(shapeNames.length));
  labels.forEach((label, i) => ink(outline(label, draw), pixels.subarray(i * area, (i + 1) * area), draw));
  return { pixels, labels };
}

/** A closed line of points in pixels. */
function outline(label: number, draw: Random): Point[] {
  const corners = [36, 4, 3][label]!;
  // People draw squares level and triangles on their base, more or less.
  const turn = [0, 0.25, -0.5][label]! * Math.PI + 0.7 * (draw.uniform() - 0.5);
  const radius = 6 + 5 * draw.uniform();
  const stretch = 0.75 + 0.5 * draw.uniform();
  const waver = label === 0 ? 0.25 : 0.8;
  const centre: Point = [13.5 + 3 * (draw.uniform() - 0.5), 13.5 + 3 * (draw.uniform() - 0.5)];
  const points = Array.from({ length: corners }, (_, k): Point => {
    const angle = turn + (2 * Math.PI * k) / corners;
    return [
      centre[0] + radius * stretch * cosine(angle) + waver * draw.normal(),
      centre[1] + (radius / stretch) * sine(angle) + waver * draw.normal(),
    ];
  });
  return [...points, points[0]!];
}

/** Goes along the line with a pen of about one pixel, now and then lifting it, then adds specks. */
function ink(line: readonly Point[], pixels: Float32Array, draw: Random): void {
  const dot = (x: number, y: number, amount: number): void => {
    for (let row = Math.floor(y) - 1; row <= Math.floor(y) + 2; row++) {
      for (let column = Math.floor(x) - 1; column <= Math.floor(x) + 2; column++) {
        if (row < 0 || column < 0 || row >= pictureSize || column >= pictureSize) continue;
        const at = row * pictureSize + column;
        const near = Math.max(0, 1 - Math.sqrt((row - y) ** 2 + (column - x) ** 2) / 1.2);
        pixels[at] = Math.max(pixels[at]!, Math.min(1, amount * 1.4 * near));
      }
    }
  };
  for (let k = 0; k + 1 < line.length; k++) {
    const [from, to] = [line[k]!, line[k + 1]!];
    const length = Math.sqrt((to[0] - from[0]) ** 2 + (to[1] - from[1]) ** 2);
    const dots = Math.max(1, Math.ceil(2 * length));
    for (let i = 0; i < dots; i++) {
      if (draw.uniform() < 0.08) continue;
      const t = i / dots;
      dot(from[0] + t * (to[0] - from[0]), from[1] + t * (to[1] - from[1]), 0.8 + 0.2 * draw.uniform());
    }
  }
  for (let i = 0; i < 4; i++) dot(pictureSize * draw.uniform(), pictureSize * draw.uniform(), 0.6);
}
