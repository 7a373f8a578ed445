import type { QuizShape } from "./page.ts";

/** Where a habit of the author would give answers away; each finding is a sentence. Few questions prove no habit. */
export function quizBias(quizzes: readonly QuizShape[], fewest = 8): string[] {
  const found: string[] = [];
  for (const [i, { right, lengths }] of quizzes.entries()) {
    const longestWrong = Math.max(...lengths.filter((_, at) => at !== right));
    if ((lengths[right] ?? 0) > 2 * longestWrong) found.push(`question ${i + 1}: the right answer is more than twice as long as any other`);
  }
  if (quizzes.length < fewest) return found;
  const share = (what: (quiz: QuizShape) => boolean): number => quizzes.filter(what).length / quizzes.length;
  const positions = Math.max(...quizzes.map(({ lengths }) => lengths.length));
  for (let position = 0; position < positions; position++) {
    if (share(({ right }) => right === position) > 0.6) found.push(`the right answer is number ${position + 1} in more than six of ten questions`);
  }
  if (share(({ right, lengths }) => lengths[right] === Math.max(...lengths)) > 0.6) {
    found.push("the right answer is the longest in more than six of ten questions");
  }
  if (share(({ right, lengths }) => lengths[right] === Math.min(...lengths)) > 0.6) {
    found.push("the right answer is the shortest in more than six of ten questions");
  }
  return found;
}
