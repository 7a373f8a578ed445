import { type Command, Refusal } from "./command.ts";
import { idList, text } from "./flags.ts";
import { openTokenizer } from "./modelFolder.ts";
import { forTerminal } from "./words.ts";

export const tokenizeCommand: Command = {
  name: "tokenize",
  summary: "text to ids and pieces, and ids back to text",
  options: {
    model: { kind: "text", value: "DIR", summary: "a directory with tokenizer.json; nothing else in it is read", required: true },
    text: { kind: "text", value: "TEXT", summary: "what to cut into tokens" },
    ids: { kind: "text", value: "1,2,3", summary: "ids to put together again instead" },
  },
  details: `Text that spells a special token is ordinary text. Pieces are for the eye: ▁ is a space, <0xE2> a byte that is no character.
--json prints { ids, pieces, text }, where text is what the ids spell.`,
  run(flags, io) {
    if (flags.has("text") === flags.has("ids")) throw new Refusal("tokenize: give either --text TEXT or --ids 1,2,3");
    const tokenizer = openTokenizer(text(flags, "model"));
    const ids = flags.has("ids") ? idList(flags, "ids") : tokenizer.encode(text(flags, "text"));
    const outside = ids.findIndex((id) => id >= tokenizer.vocabSize);
    if (outside !== -1) throw new Refusal(`--ids: ${ids[outside]}, place ${outside + 1}, is not among ${tokenizer.vocabSize} tokens`);
    const pieces = ids.map((id) => tokenizer.display(id));
    const spelt = tokenizer.decode(ids);
    if (flags.has("json")) io.out(`${JSON.stringify({ ids, pieces, text: spelt })}\n`);
    else io.out(flags.has("ids") ? `${forTerminal(spelt)}\n` : `ids: ${ids.join(",")}\npieces: ${pieces.join(" ")}\n`);
    return Promise.resolve();
  },
};
