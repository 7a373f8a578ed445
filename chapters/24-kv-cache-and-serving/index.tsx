import {
  Careful, Chip, Cite, defineChapter, Figure, Live, m, md, Note, NotKnown, Predict, Scrub, Section, Term, WorkedByHand,
} from "../../src/prose/index.ts";
import { kvCacheGrowth } from "../../src/widgets/kvCacheGrowth.ts";
import { prefillVsDecode } from "../../src/widgets/prefillVsDecode.ts";
import { servingSimulator } from "../../src/widgets/servingSimulator.ts";
import { CheckYourself } from "./CheckYourself.tsx";
import { Pages } from "./Pages.tsx";
import { worked } from "./worked.ts";

const growth = "kv-cache-growth";
const phases = "prefill-vs-decode";
const service = "serving-simulator";

export default defineChapter({
  title: "KV cache and serving",
  question: "A model writes one token at a time. What does it have to remember, and how can a thousand people use it at once?",
  summary: "The cache of keys and values, byte by byte, with and without; then batches, pages and the waiting line of a served model.",
  worked,
  Body: ({ worked: { models, ...numbers } }) => (
    <>
      <Figure widget={kvCacheGrowth}>
        One small model writes the same story twice, from the same random numbers. Once it keeps what it has computed for earlier tokens,
        once it starts afresh for every token. Press Pause and Step to see single tokens, or try the buttons below. Notice which of the two
        gets more expensive, which gets larger, and that the text is the same.
      </Figure>

      <Section title="Read once, write one by one">
        {md`
          Ask a served model a question, and two different things happen to it. First your prompt is read. All its tokens are known, so
          they go through the model together, in one pass, exactly as in training. This is called ${<Term>prefill</Term>}. Then the answer
          is written. Its tokens are not known; each depends on the one before, so they go through the model one after another, a pass for
          each. This is called *decoding*.

          The two phases do the same arithmetic for a token. What differs is how often the weights are fetched. A processor does not
          compute where the weights lie. It brings each weight from memory to where the arithmetic happens, multiplies it with as many
          tokens as there are, and lets it go. A prompt of a hundred tokens uses each weight a hundred times for one fetch. An answer of a
          hundred tokens fetches each weight a hundred times.
        `}
        <Figure widget={prefillVsDecode}>
          One request to the small model: the same two phases measured in three ways. Change the lengths of prompt and answer, or start with
          one of the buttons. Notice that the bars are cut in different places: work is no guide to time.
        </Figure>
        {md`
          On your device the model now has, in tokens a second:

          - read: ${<Live figure={phases} readout="readRate" />}
          - written: ${<Live figure={phases} readout="writeRate" />}

          With ${<Chip figure={phases} scene="even">equal lengths</Chip>} the counted work is nearly equal, and reading is usually still the
          faster of the two: many tokens together keep the arithmetic busy, one alone does not.

          On large chips the gap is wider. An H100 fetches ${numbers.h100} and does
          ${m`${numbers.h100Peak} \cdot 10^{12}`} operations a second with dense 16-bit numbers. Divide one by the other: it can do ${numbers.ridge} operations for each byte that it fetches. A 16-bit
          weight is two bytes and two operations a token (multiply, add), one for each byte. So reading ${numbers.ridge} tokens at once
          keeps arithmetic and memory equally busy, and writing for one reader leaves the arithmetic idle almost all of the time. Prefill
          is *compute-bound*, decoding is *bandwidth-bound*. The [chapter on hardware](chapter:compute-and-hardware) draws this line for
          other chips.
        `}
        <WorkedByHand title="8 billion weights, one reader">
          {md`
            Llama 3.1 8B in 16 bits is ${numbers.small} of weights. Fetching them all takes an H100 ${numbers.pass}, so a single answer
            cannot be written faster than ${numbers.aloneRate} tokens a second, whatever the arithmetic could do. A prompt of 1,000 tokens
            is read in ${numbers.promptTime}, and 64 answers side by side get ${numbers.crowdRate} tokens a second in all. These are the
            bounds of an ideal machine, without the cache’s own bytes.
          `}
        </WorkedByHand>
        {md`
          Price lists show the same asymmetry. ${numbers.priceName} was offered at ${numbers.inputPrice} for a million input tokens and
          ${numbers.outputPrice} for a million output tokens, ${numbers.priceFactor} times as much.${<Note>
            {numbers.priceSource}, {numbers.priceDate}.
          </Note>} An output token needs no more arithmetic than an input token. It needs a pass.
        `}
      </Section>

      <Section title="The past does not change">
        {md`
          To write the next token, attention compares the newest token’s ${<Term>query</Term>} with the ${<Term>key</Term>} of every token
          so far, and mixes their ${<Term of="value">values</Term>}. Where do those keys and values come from? From the tokens’ vectors,
          and these, because of the ${<Term>causal mask</Term>}, depend on the token itself and earlier ones only. A token that was written
          an hour ago cannot see the one that is being written now. So its key and its value, in every layer, are today what they were then.

          What never changes need not be computed twice. Keep it: that is the ${<Term>KV cache</Term>}. Queries are not kept, since each is
          used once, for its own token. Nor is anything of the MLPs, which look at nobody else.
        `}
        <WorkedByHand title="a thousand tokens">
          {md`
            Without a cache the first token has 1 pair of key and value to compute, the second 2, and so on: $1 + 2 + \dots + 1{,}000$ =
            ${numbers.pairs} pairs in each head. With a cache every token is computed once: 1,000 pairs.
          `}
        </WorkedByHand>
        {md`
          The figure at the top of this page computes both, in full. After the prompt the one with a cache sends one token through the
          matrices. The other sends all of them, and for the last token of the text that is
          ${<Live figure={growth} readout="ratio" />} times as many multiply–adds. No logit differs by more than
          ${<Live figure={growth} readout="gapSaid" />}. Where it is rounding, the same random numbers draw the same tokens: a cache that
          keeps everything is not an approximation.

          Counted work is the fair axis, the same on every machine. ${<Chip figure={growth} scene="clock">By the clock</Chip>} the picture
          depends on your device: many tokens together usually use it better than one alone, so without a cache less is lost than its
          work says. Single passes are too short for a browser’s clock, so each point is the median of five blocks of at least 20 ms, and the
          bars show how much they scattered.${<Note>
            Without a cache, one step is a whole prefill. So the same measurement, read as tokens a second, compares
            {" "}<Chip figure={growth} scene="phases">reading with writing</Chip>.
          </Note>}

          Look closely at the flat line: it is not quite flat. One query must still be compared with every key that is kept, so each token
          costs a little more than the one before. In this model the matrices outweigh that for as long as its context lasts. At a hundred
          thousand tokens it is the other way round.
        `}
      </Section>

      <Section title="What is kept">
        {md`
          The bill is a product of five numbers, times two for key and value:

          $$\begin{aligned} \text{bytes} = 2 &\cdot \text{layers} \cdot \text{KV heads} \cdot \text{head width} \\
          &\cdot \text{bytes a number} \cdot \text{tokens} \end{aligned}$$

          and once more times the number of conversations. For the model above a token takes
          ${<Live figure={growth} readout="tokenBytes" />} bytes, and the strips now hold ${<Live figure={growth} readout="bytes" />}.
          That is nothing. What is it in a model that people pay for?
        `}
        <Predict
          figure={growth} scene="seventy"
          ask="Llama 3.1 70B can take 131,072 tokens, a whole novel. How much memory does one such conversation keep, in 16 bits?"
          options={[
            { text: "About 1 GB" },
            { text: "About 10 GB" },
            { text: "About 43 GB", right: true },
          ]}
        >
          {md`
            ${numbers.long}: more than half of an 80 GB card, for one reader, beside the weights.
          `}
        </Predict>
        <WorkedByHand title="one long conversation">
          {md`
            Llama 3.1 70B has ${numbers.layers} layers with ${numbers.kvHeads} key and value heads of width ${numbers.dHead}. In 16 bits a
            token takes 2 · ${numbers.layers} · ${numbers.kvHeads} · ${numbers.dHead} · 2 = ${numbers.bytes} bytes = ${numbers.kib}. At
            131,072 tokens that makes ${numbers.long} (${numbers.longGiB} GiB), which is ${numbers.share} of an 80 GB card; in 8 bits
            ${numbers.long8}, in 4 bits ${numbers.long4}. With as many key and value heads as query heads, ${numbers.queryHeads}, it would
            be ${numbers.longAll}; with a single one ${numbers.longOne}.

            Short conversations add up to the same. The weights in 4 bits take ${numbers.weights4} and one conversation of 2,048 tokens
            takes ${numbers.conversation}, so an 80 GB card holds ${numbers.conversations} of them.
          `}
        </WorkedByHand>
        {md`
          ${models}

          The table is worth reading twice. GPT-3 kept ${numbers.gpt3Times} times as much for a token as Llama 3.1 70B
          does, ${numbers.gpt3} for its whole window of 2,048. A model from 2023 with 7 billion parameters keeps about as much as one with
          405 billion from 2024. Size did not change that; the number of key and value heads did. The figure draws
          ${<Chip figure={growth} scene="seventy">this curve</Chip>} for each of them; model, card and bits are under More. As it is set now
          a conversation may have ${<Live figure={growth} readout="fits" />} tokens; try it
          ${<Chip figure={growth} scene="noSharing">without shared heads</Chip>}.
        `}
      </Section>

      <Section title="Keeping less">
        {md`
          Four factors can be attacked: the heads, the bits, the tokens, and the form of what is kept.

          **Fewer heads.** Why should every query head have keys and values of its own? In *multi-query attention*, all query heads of a
          layer share one (${<Cite id="shazeer2019" />}). The cache shrinks by the number of heads, and quality suffers somewhat. The
          compromise that won is ${<Term>grouped-query attention</Term>}: each group of query heads shares one head of keys and values
          (${<Cite id="ainslie2023" />}). The three have the short names MHA, GQA and MQA.
        `}
        <Predict
          figure={growth} scene="fewerHeads"
          ask={<>
            Take our trained model and replace the four key and value heads of each layer by their average. The cache falls to a quarter. What
            happens to the loss?
          </>}
          options={[
            { text: "It hardly moves, since the heads had learnt similar things." },
            { text: "It becomes worse than that of a model which knows nothing.", right: true },
            { text: "It rises by a tenth or so." },
          ]}
        >
          {md`
            It is now ${<Live figure={growth} readout="loss" />} nats a token, and guessing evenly among 1,024 tokens would give 6.93. These
            heads look at different things; two of them were even taught to. Their average looks at nothing in particular, and the model is
            confidently wrong.
          `}
        </Predict>
        {md`
          So heads cannot simply be merged. ${<Cite id="ainslie2023" />} begin with just this average and then train on, with about 5 % of
          the original computing, and most of the quality returns. Models that are trained with shared heads from the start need no such
          repair.

          **Another form.** Keys and values can be kept as one shorter vector a token, from which every head’s keys and values are
          recomputed by a matrix. This is *latent* attention (${<Cite id="deepseek2024" />}). DeepSeek-V3 keeps ${numbers.latentNumbers}
          numbers for a token and layer, ${numbers.latentKib} in all, a ${numbers.latentGain}th of what its 128 heads would need.

          **Fewer bits.** Each key and value can be rounded to 8 bits with a scale for each head and token.
          ${<Chip figure={growth} scene="eightBits">Try it</Chip>}: little more than a quarter of the 32-bit bytes is left, and the loss
          does not notice. Below 4 bits one has to be cleverer, for instance scale keys by channel and values by token, since a few
          channels of the keys are always large (${<Cite id="liu2024" />}). How rounding works is the subject of the [next
          chapter](chapter:quantization).

          **Fewer tokens.** Keep only the last few thousand: a *sliding window*.
          ${<Chip figure={growth} scene="window">With 32 tokens</Chip>} the strips stop growing, and so does the work. Mistral 7B was
          published with a window of 4,096, so its cache ends at ${numbers.mistral}, after a million tokens too. What slides out can still
          act through what it did to later tokens, layer by layer, but it cannot be looked up any more.

          Windows have a curious weakness. ${<Cite id="xiao2023" />} found that many models break down at the very moment when the *first*
          tokens slide out. Attention weights must add up to 1, so heads that find nothing put their weight somewhere harmless, and they
          have learnt to put it on the beginning: an *attention sink*. Keeping four tokens of the beginning in addition to the window
          repairs it. Our model can do ${<Chip figure={growth} scene="sinks">either</Chip>}, and it gains nothing from sinks: compare the two
          losses. Losing the beginning costs it little, so 28 recent tokens are worth less than 32.
        `}
      </Section>

      <Section title="Many readers, one fetch">
        {md`
          Back to the idle arithmetic. If each pass fetches all weights anyway, let it carry tokens of many readers. A pass with 64 tokens
          takes hardly longer than a pass with one, until the arithmetic is busy too. Whoever serves a model therefore wants large
          batches, and the cache decides how large they can be. Weights are shared by everybody, caches are not.

          But readers do not come in step. They come when they come, with prompts and answers of all lengths. The simplest way collects
          whoever waits, runs them as a batch, and begins the next batch when this one is done: *static* batching.
        `}
        <Figure widget={servingSimulator}>
          Sixty requests to Llama 3.1 8B on an ideal H100: a row is a place in the batch, time runs to the right. Choose static or
          continuous batches, and move the arrivals and places. Notice how much of the static picture is a place that has finished and
          waits for its neighbours.
        </Figure>
        {md`
          A static batch lasts as long as its longest answer. The fix is to decide anew before every single token. Whoever has finished
          leaves, and whoever waits enters, their prompt being read in the same pass in which others write. This is
          ${<Term>continuous batching</Term>}, introduced by ${<Cite id="yu2022" />}. On the same requests it lifts
          ${<Term>throughput</Term>} from ${numbers.staticRate} to ${numbers.continuousRate} tokens a second, and the median wait for the
          first token falls from ${numbers.staticWait} to ${numbers.continuousWait}. In the figure the factor is now
          ${<Live figure={service} readout="gain" />}, at ${<Scrub figure={service} param="rate" />} requests a second and
          ${<Scrub figure={service} param="slots" />} places.

          How good is a service? No one number says it.

          - The **time to first token** is the wait in the line plus the prefill. It decides whether the machine feels awake.
          - The **time per token** after that decides whether one can read along. At 100 ms it writes faster than most people read.
          - **Throughput** is what the owner pays for: tokens a second of all answers together.
          - ${<Term of="goodput">Goodput</Term>} counts only what came in time: requests that met a promise, here a first token within one
            second (${<Cite id="zhong2024" />}).

          They pull against each other. More places raise throughput and slow each answer a little;
          ${<Chip figure={service} scene="rush">a rush</Chip>} shows both. One place
          ${<Chip figure={service} scene="alone">serves each reader fastest</Chip>}, once it is their turn. A long prompt that is read in
          one piece makes everybody’s next token late, so servers cut prompts into chunks, or read prompts on other machines than those
          that write.
        `}
      </Section>

      <Pages {...numbers} />

      <Section title="At home, and in the hall">
        {md`
          What if the model does not fit the card at all? Then weights can wait in main memory and be fetched through the bus, layer by
          layer, for every pass. A bus is slow: PCIe 5.0 carries ${numbers.pcie} GB a second, so 70 billion weights in 4 bits,
          ${numbers.weights4}, allow ${numbers.pcieRate} passes a second. For a single reader that is painful. For a thousand documents
          overnight it is fine, since a huge batch shares each fetch: ${<Cite id="sheng2023" />} served large models on one small card in
          that way.

          Often it is better to leave the weights where they are and compute there. A desktop’s memory gives ${numbers.desktop} GB a
          second and hence at most ${numbers.desktopRate} tokens a second, with no card at all; a machine with wide unified memory such as
          an M2 Ultra ${numbers.unified}; an H100 ${numbers.h100Rate}. Nothing else about these machines matters for one reader: speed is
          bandwidth divided by bytes. This is why programs for running models at home, such as llama.cpp and its relatives, live from
          [quantization](chapter:quantization), and why they split a model by layers between card and main memory, each computing its own
          part.

          In a data centre the work is divided by role. An *engine* runs passes, batches and pages: vLLM, SGLang, TensorRT-LLM. A *router*
          in front of many engines sends a request where its beginning is already cached. A *gateway* counts, limits and bills. A
          *scheduler* starts and stops engines as the day goes. At home, one program does a little of each.
        `}
        <Careful title="what a cache is not">
          {md`
            - **Memory for inference is not the weights alone.** Weights are a fixed sum; the cache grows with every token of every
              reader, and at long contexts it is the larger part.
            - **A cache saves computing and costs memory.** It does not make attending free: each token still looks at all that is kept.
            - **One conversation of 131,072 tokens with a 70-billion model takes about half of an 80 GB card,** not 10 GB. That number is
              right only for 4-bit keys and values.
            - **Input tokens are cheaper because they share fetches,** not because they need less arithmetic.
            - **Continuous batching is no trick for one reader.** Alone, one gets the same speed with or without it.
          `}
        </Careful>
        <NotKnown title="how little is enough">
          {md`
            How much of a cache does a model need? Windows, latent vectors, 2-bit keys and rules for throwing away unimportant tokens all
            pass many tests and fail some, mostly those that ask for a detail far back. Which detail will be asked for is not known when
            it has to be thrown away. There is no theory yet that tells, for a given model and task, how many bytes a token must leave
            behind.
          `}
        </NotKnown>
      </Section>

      <CheckYourself quarter={numbers.quarter} kib={numbers.kib} />
    </>
  ),
});
