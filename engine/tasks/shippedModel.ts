/** Packs that a task reads to open the shipped model: a widget lists them in `uses`. A file of its own, so that pages do not load the model's code. */
export const shippedModel = ["models/story/config.json", "models/story/model.safetensors", "models/story/tokenizer.json", "models/story/card.json"] as const;
