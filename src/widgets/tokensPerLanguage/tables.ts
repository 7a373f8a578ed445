import type { VocabularyName } from "../../../engine/tokenizer/vocabulary.ts";

/** The published tables, oldest first. Written out here because a page holds no tokenizer: that is the worker's. */
export const vocabularyNames = ["r50k", "cl100k", "o200k"] as const satisfies readonly VocabularyName[];
