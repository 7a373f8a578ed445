/** A thousand merges learnt from one megabyte of English. */
import { trainBpe } from "../../../engine/index.ts";
import { trainBpeReference } from "../../../engine/tokenizer/trainBpe.ts";
import type { Workload } from "../measure.ts";
import { english } from "./bpeEncode.ts";

const options = { merges: 1000, pattern: "gpt2" } as const;
/** The plain algorithm counts the whole text anew for each merge, so it is compared on fewer. */
const comparedMerges = 40;

export const bpeTrain: Workload = {
  id: "bpe-train", title: "BPE training, 1,000 merges, 1 MB of English", unit: "trainings/s", amount: 1,
  absent: { peers: "none of them trains a tokenizer" },
  async prepare() {
    const text = await english();
    const learnt = trainBpe(text, options);
    const plain = trainBpeReference(text, { ...options, merges: comparedMerges });
    if (JSON.stringify(learnt.slice(0, comparedMerges)) !== JSON.stringify(plain)) throw new Error("bpe train: merges differ from the plain algorithm's");
    return { contestants: [{ name: "ours", round: () => void trainBpe(text, options) }], agreement: `first ${comparedMerges} merges equal to the plain algorithm's` };
  },
};
