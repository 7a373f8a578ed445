/** The plan of the book. What is not written yet is named without a link; a folder of chapters/ takes its place by number. */
export interface Part {
  readonly title: string;
  readonly chapters: readonly (readonly [number: number, slug: string, title: string, about: string])[];
}

export const outline: readonly Part[] = [
  {
    title: "Foundations",
    chapters: [
      [1, "the-bet", "The bet", "Rules, examples, and the bet"],
      [2, "math-toolkit", "Mathematics toolkit", "Vectors, matrices, slopes"],
      [3, "gradient-descent", "Gradient descent", "Walking downhill"],
      [4, "statistical-learning", "Statistical learning", "When does fitting generalise?"],
      [5, "sequences-before-networks", "Sequences before networks", "Predicting the next thing, without neural nets"],
      [6, "decisions-over-time", "Decisions over time", "Regret, games and reinforcement"],
    ],
  },
  {
    title: "Neural networks",
    chapters: [
      [7, "neurons-and-backprop", "Neurons and backprop", "One neuron, then many"],
      [8, "training-dynamics", "Training dynamics", "Reading the loss curve"],
      [9, "grids-and-graphs", "Grids and graphs", "Structure built into the layer"],
      [10, "recurrence", "Recurrence", "Memory, gates, and the bottleneck that attention broke"],
    ],
  },
  {
    title: "The transformer",
    chapters: [
      [11, "tokens", "Tokens", "Text becomes integers"],
      [12, "embeddings-and-position", "Embeddings and position", "Meaning and place"],
      [13, "attention", "Attention", "Who looks at whom"],
      [14, "masks-and-heads", "Masks and heads", "The triangle and the many views"],
      [15, "transformer-anatomy", "Transformer anatomy", "The whole block, counted"],
      [16, "train-a-language-model", "Train a language model", "Next token, from noise to sentences"],
      [17, "sampling", "Sampling", "Choosing from the distribution"],
    ],
  },
  {
    title: "Scale",
    chapters: [
      [18, "scaling-laws", "Scaling laws", "The price of a smaller loss"],
      [19, "compute-and-hardware", "Compute and hardware", "FLOPs, bytes, and the chip under your tab"],
      [20, "parallel-training", "Parallel training", "Many chips, one model"],
      [21, "data", "Data", "The unglamorous half"],
      [22, "sparsity-and-experts", "Sparsity and experts", "Using only part of the network"],
    ],
  },
  {
    title: "From completer to assistant",
    chapters: [
      [23, "post-training", "Post-training", "Instruction, preference, adapters"],
    ],
  },
  {
    title: "Inference",
    chapters: [
      [24, "kv-cache-and-serving", "KV cache and serving", "The memory that grows with every word"],
      [25, "quantization", "Quantization", "Fewer bits, smaller models"],
      [26, "speculative-decoding", "Speculative decoding", "Guess cheaply, verify in parallel"],
    ],
  },
  {
    title: "Beyond the quadratic",
    chapters: [
      [27, "long-context", "Long context", "More words, same attention"],
      [28, "linear-time-models", "Linear-time models", "Recurrence returns"],
    ],
  },
  {
    title: "Generation beyond text",
    chapters: [
      [29, "generative-models", "Generative models", "Learning a distribution"],
      [30, "diffusion", "Diffusion", "Denoising as creation"],
      [31, "multimodal", "Multimodal", "Images, sound and text in one space"],
    ],
  },
  {
    title: "Systems around a model",
    chapters: [
      [32, "prompting-and-retrieval", "Prompting and retrieval", "Filling the window well"],
      [33, "agents", "Agents", "A model in a loop"],
      [34, "evaluation", "Evaluation", "How would you know?"],
    ],
  },
  {
    title: "The world around it",
    chapters: [
      [35, "economics-and-energy", "Economics and energy", "What it costs, who can pay, what it emits"],
      [36, "shipping-and-governance", "Shipping and governance", "Putting models in the world, and the rules"],
      [37, "limits-and-open-problems", "Limits and open problems", "What fails, what is inside, what is missing"],
    ],
  },
];

/** The title of a chapter by its number. Throws: for a number that the plan does not hold. */
export function titleOf(number: number): string {
  const found = outline.flatMap(({ chapters }) => chapters).find(([at]) => at === number);
  if (!found) throw new RangeError(`titleOf: the plan of the book has no chapter ${number}`);
  return found[2];
}
