/** What words mean in this book: the one source of every definition that opens in place. One or two sentences each. */
export const glossary = {
  "attention":
    "A step in which each position of a sequence takes a weighted average over other positions, with weights computed from their content.",
  "base model": "A model trained only to continue text, before any training to follow instructions.",
  "bigram": "A pair of neighbouring tokens. A bigram model predicts the next token from the last one alone, by counting.",
  "bits per byte":
    "A loss divided by the length of the text in bytes, in bits; unlike a loss per token it can be compared between tokenizers.",
  "byte": "A number from 0 to 255. Text in UTF-8 uses one byte for an English letter and up to four for other characters.",
  "causal mask": "The rule that a position may look at itself and at earlier positions only.",
  "context": "The tokens a model can see when it predicts the next one; its largest number is the context length, or window.",
  "cross-entropy": "Minus the logarithm of the probability that was given to what really came, averaged over all cases.",
  "curvature": "How fast a slope changes: the second derivative.",
  "dot product": "Multiply two vectors entry by entry and add up: large when they point the same way.",
  "embedding": "The vector of numbers that stands for a token inside a model.",
  "epoch": "One pass over the whole training set.",
  "gradient": "The list of slopes of the loss, one for each parameter. It points where the loss rises fastest.",
  "head": "One of several attention computations that run side by side in a layer, each with its own queries, keys and values.",
  "hyperparameter": "A number that a person chooses before training, such as the learning rate; parameters are what training finds.",
  "learning rate": "The factor between a slope and the step that is taken against it, written η (eta).",
  "logit": "A score before softmax; any real number.",
  "loss": "One number that says how wrong a model is on some data; training makes it smaller.",
  "merge": "One rule of a byte-pair tokenizer: wherever these two pieces stand side by side, join them.",
  "minibatch": "A few examples, drawn at random, from which one step’s gradient is computed.",
  "nat": "The unit of a loss that is measured with natural logarithms; 1 nat is 1.443 bits.",
  "overfitting": "Doing better and better on the training data while doing worse on data that was held back.",
  "parameter": "A number inside a model that training adjusts; also called a weight.",
  "perplexity": "e to the power of the loss: the number of equally likely choices that would be as surprising.",
  "pre-tokenization": "Cutting text into chunks, roughly words, before merging; no merge crosses a cut.",
  "softmax": "Turns scores into positive weights that add up to one: exponentiate each, divide by the sum.",
  "token": "A piece of text that a model treats as one unit; inside the model it is only an integer.",
  "validation": "Measuring the loss on data that was kept away from training.",
  "vocabulary": "The list of all tokens a model knows; a token’s place in it is its id.",
} as const;

export type GlossaryKey = keyof typeof glossary;
