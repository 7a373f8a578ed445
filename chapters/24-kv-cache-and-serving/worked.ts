import { chips, links, prices, type RealModelId, realModels } from "../../engine/data/configs.ts";
import { kvBytes, kvBytesPerToken, weightBytes } from "../../engine/data/modelCosts.ts";
import { cacheRoom, passTime } from "../../engine/data/serving.ts";
import { memoryFrame } from "../../engine/tasks/pageMemory.ts";
import { serviceOf, type ServeRequestsParams } from "../../engine/tasks/serveRequests.ts";
import { fixed, grouped, table, trimmed } from "../../src/prose/numbers.ts";

const gb = (bytes: number, digits = 1): string => `${fixed(bytes / 1e9, digits)} GB`;
const kib = (bytes: number): string => `${(bytes / 1024).toLocaleString("en-US", { maximumFractionDigits: 1 })} KiB`;
const large = realModels["llama-3-70b"], small = realModels["llama-3-8b"], latent = realModels["deepseek-v3"];
const LONG = 131_072, SHORT = 2048;

const months = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];
/** March 2026 */
const monthOf = (date: string): string => `${months[Number(date.slice(5)) - 1]!} ${date.slice(0, 4)}`;

/** The worked examples: what the table of real models, the cost formulas and the two simulations of this chapter give. */
export function worked() {
  const perToken: readonly RealModelId[] = [
    "gpt2", "mistral-7b", "llama-3-8b", "deepseek-v3", "llama-3-70b", "llama-3-405b", "llama-2-7b", "gpt3",
  ];
  const at = (options = {}): string => gb(kvBytes(large, LONG, options));
  const fourBit = weightBytes(large, 4);
  const machine = { model: small, chip: chips.h100, bits: 16, slots: 1 };
  const alone = passTime(machine, 1, 0);
  const service: ServeRequestsParams = {
    policy: "static", rate: 6, slots: 8, prompt: 400, answer: 200, model: "llama-3-8b", chip: "h100", bits: "16", seed: 1,
  };
  const { facts, other } = serviceOf(service);
  const memory = (policy: "contiguous" | "paged" | "shared") => memoryFrame(8, { policy, block: 16, prefix: 32, seed: 1 });
  const price = prices["gemini-2.5-pro"];
  const home = (bandwidth: number): string => trimmed(bandwidth / fourBit, 1);

  return {
    pairs: grouped((1000 * 1001) / 2),
    layers: large.nLayers, kvHeads: large.nKvHeads, dHead: large.dHead, queryHeads: large.nHeads,
    bytes: grouped(kvBytesPerToken(large)),
    kib: kib(kvBytesPerToken(large)),
    long: gb(kvBytes(large, LONG), 2),
    longGiB: fixed(kvBytes(large, LONG) / 2 ** 30, 1),
    long8: at({ bits: 8 }), long4: at({ bits: 4 }), longAll: at({ nKvHeads: large.nHeads }), longOne: at({ nKvHeads: 1 }),
    share: `${fixed((100 * kvBytes(large, LONG)) / chips.h100.memory, 0)} %`,
    models: table(["model", "layers", "key–value heads × width", "a token"], perToken.map((id) => {
      const { name, nLayers, nKvHeads, dHead, ...more } = realModels[id];
      const heads = "latent" in more ? `${more.latent} in all` : `${nKvHeads} × ${dHead}`;
      return [name, String(nLayers), heads, kib(kvBytesPerToken(realModels[id]))];
    })),
    gpt3Times: fixed(kvBytesPerToken(realModels.gpt3) / kvBytesPerToken(large), 0),
    gpt3: gb(kvBytes(realModels.gpt3, SHORT), 2),
    weights4: gb(fourBit), weights16: gb(weightBytes(large, 16)),
    conversation: gb(kvBytes(large, SHORT), 2),
    conversations: Math.floor((chips.h100.memory - fourBit) / kvBytes(large, SHORT)),
    quarter: kib(kvBytesPerToken(large, { nKvHeads: 2 })),
    latentNumbers: latent.latent, latentKib: kib(kvBytesPerToken(latent)),
    latentGain: fixed(kvBytesPerToken(latent, { nKvHeads: latent.nHeads }) / kvBytesPerToken(latent), 0),
    mistral: gb(kvBytes(realModels["mistral-7b"], 1e6), 2),
    small: gb(weightBytes(small, 16)),
    pass: `${fixed(1000 * alone, 1)} ms`,
    aloneRate: fixed(1 / alone, 0),
    ridge: Math.floor(chips.h100.peak16 / chips.h100.bandwidth),
    crowdRate: grouped(64 / passTime(machine, 64, 0)),
    promptTime: `${fixed(1000 * passTime(machine, 1000, 0), 0)} ms`,
    room: grouped(cacheRoom(machine)),
    staticRate: fixed(facts!.throughput, 0), continuousRate: grouped(other!.throughput),
    serviceGain: fixed(other!.throughput / facts!.throughput, 1),
    staticWait: `${fixed(facts!.firstToken[0], 1)} s`, continuousWait: `${fixed(1000 * other!.firstToken[0], 0)} ms`,
    stretches: memory("contiguous").running, blocks: memory("paged").running, shared: memory("shared").running,
    inputPrice: `$${fixed(price.input, 2)}`, outputPrice: `$${fixed(price.output, 2)}`, priceFactor: trimmed(price.output / price.input, 1),
    priceName: price.name.split(",")[0]!, priceDate: monthOf(price.date), priceSource: price.source,
    pcie: trimmed(links.pcie5.bandwidth / 1e9, 1), pcieRate: home(links.pcie5.bandwidth),
    desktop: trimmed(chips.desktop.bandwidth / 1e9, 1), desktopRate: home(chips.desktop.bandwidth),
    unified: home(chips["m2-ultra"].bandwidth), h100Rate: home(chips.h100.bandwidth),
    h100: `${fixed(chips.h100.bandwidth / 1e12, 2)} TB/s`, h100Peak: fixed(chips.h100.peak16 / 1e12, 0),
  };
}
