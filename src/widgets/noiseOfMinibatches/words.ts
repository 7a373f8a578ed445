import type { BatchName } from "../../../engine/tasks/walkMinibatches.ts";

/** "1 car", "16 cars", "all 398 cars". */
export const batchWords = (batch: BatchName, size: number): string => (batch === "all" ? `all ${size} cars` : `${size} ${size === 1 ? "car" : "cars"}`);
