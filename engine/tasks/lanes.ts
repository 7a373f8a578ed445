/** Continuations that `sampleBench` writes side by side. Apart from the task, so that the page knows the number without its code. */
export const lanes = 5;
