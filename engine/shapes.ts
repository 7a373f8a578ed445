import { formatShape, type Shape, ShapeError, sizeOf } from "./kernel.ts";

/** Rows of a tensor seen as a matrix: the product of all axes but the last. */
export const rowsOf = (shape: Shape): number => sizeOf(shape) / Math.max(1, lastOf(shape));

/** The last axis. */
export const lastOf = (shape: Shape): number => shape[shape.length - 1] ?? 1;

export const sameShape = (a: Shape, b: Shape): boolean => a.length === b.length && a.every((extent, i) => extent === b[i]);

/** Throws: ShapeError "name: what, a is [2,3] and b is [4,5]" unless `ok`. */
export function expectShapes(ok: boolean, name: string, what: string, shapes: Readonly<Record<string, Shape>>): void {
  if (ok) return;
  const list = Object.entries(shapes).map(([key, shape]) => `${key} is ${formatShape(shape)}`);
  throw new ShapeError(`${name}: ${what}, ${list.join(" and ")}`);
}
