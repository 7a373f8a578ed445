import type { ReactElement } from "react";
import { Cite, Live, md, Section, Steps } from "../../src/prose/index.ts";
import { pagedBlocks } from "../../src/widgets/pagedBlocks.ts";

const pages = "paged-blocks";

interface Running {
  readonly stretches: number;
  readonly blocks: number;
  readonly shared: number;
}

/** How the cache of many is stored: the numbers are conversations that run at once. */
export function Pages({ stretches, blocks, shared }: Running): ReactElement {
  return (
    <Section title="Memory in pages">
      {md`
        Continuous batching needs a cache that can be given out and taken back all the time. Early servers set aside, for each request, a
        contiguous stretch for the longest answer that was allowed. Most answers are short. ${<Cite id="kwon2023" />} measured that in
        the systems of the time only 20 % to 38 % of the memory reserved for caches held a token.

        Operating systems met this problem in the 1960s, with programs that did not know how much memory they would need. Their answer was
        paging: cut memory into small blocks of one size, give them out one by one, and let a table say where each part of a program lies.
        *PagedAttention* does so with the cache.
      `}
      <Steps
        widget={pagedBlocks}
        steps={[
          {
            scene: "stretches",
            say: md`
              A little card with room for 1,024 tokens. A letter is a conversation, and somebody is always waiting. Each gets 160
              places, the longest that is allowed. The hatched places are set aside and empty; ${stretches} conversations fill
              the card.
            `,
          },
          {
            scene: "blocks",
            say: md`
              Now a block of 16 is taken when the last one is full. Blocks of one conversation need not be neighbours. What can be
              wasted is the rest of each last block, and no more. ${blocks} run at once.
            `,
          },
          {
            scene: "shared",
            say: md`
              All these conversations begin with the same 32 tokens, as if with the same instructions. Equal beginnings have equal keys
              and values, so the two blocks marked ★ are stored once. ${shared} run at once.
            `,
          },
          {
            scene: "large",
            say: md`
              Blocks of 64. The common beginning does not fill one, so nothing can be shared, and the last blocks are half empty. Small
              blocks waste less; too small ones make tables long and reading slow. Servers commonly take 16 or so.
            `,
          },
        ]}
      >
        The cache of one card, a cell a token. Run it, and change the block and the length of the common beginning. Notice what is
        hatched, and pale letters: conversations that are over, whose blocks nobody has needed yet.
      </Steps>
      {md`
        Sharing beginnings is worth more than it seems. A service puts the same instructions before every request; a few-shot prompt repeats
        its examples; in a chat each turn begins with all turns before. If their blocks are kept, only the new part has to be read, and the
        first token comes sooner. ${<Cite id="zheng2023" />} keep the beginnings of all recent requests in a tree, and look up the
        longest that fits. Providers pass some of the saving on as a lower price for cached input. One condition is strict: the
        texts must agree *from the first token on*. A key depends on everything before it, so a date in the first line of the
        instructions spoils all that follows.

        Pale blocks are the other half of the idea. When a conversation pauses, its cache may stay, in the hope that its reader comes back.
        When room is needed, somebody has to be evicted: usually who has been idle the longest. An evicted cache is not a loss of anything
        but time. The tokens are still there, and one prefill brings their keys and values back; or the blocks were copied to the
        computer’s main memory and come back over the bus. In the figure now ${<Live figure={pages} readout="used" />} of the card hold
        tokens of running conversations and ${<Live figure={pages} readout="reserved" />} are set aside and empty.
      `}
    </Section>
  );
}
