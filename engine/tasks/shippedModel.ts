/** Where the shipped model lies, and one of the same recipe that was trained without a loss on its heads. A file of its own, so that pages do not load the model's code. */
export const shippedFolder = "models/story";
export const untaughtFolder = "models/story-untaught";

/** Packs that a task reads to open the shipped model: a widget lists them in `uses`. */
export const shippedModel = ["models/story/config.json", "models/story/model.safetensors", "models/story/tokenizer.json", "models/story/card.json"] as const;
