/**
 * What real models, chips, links and services are made of and cost: the one table from which every calculator of the book and every
 * sentence about them takes its numbers. Each row names its source and that source's date, because facts of this kind age.
 */
export interface Sourced {
  readonly name: string;
  /** Where the numbers are printed. */
  readonly source: string;
  /** When it was published or, for a page that changes, when it said so: year and month. */
  readonly date: string;
}

/** The shape of a published decoder-only transformer. */
export interface RealModel extends Sourced {
  readonly nLayers: number;
  readonly dModel: number;
  readonly nHeads: number;
  readonly nKvHeads: number;
  readonly dHead: number;
  readonly dMlp: number;
  readonly vocabSize: number;
  /** Tokens that it was published for. */
  readonly contextLength: number;
  readonly parameters: number;
  /** Parameters that one token passes through, where experts make them fewer. */
  readonly activeParameters?: number;
  /** Layers that see only the last `window` tokens, and how many there are of them. */
  readonly sliding?: { readonly window: number; readonly layers: number };
  /** Numbers that a layer keeps for a token instead of keys and values: a compressed latent vector. */
  readonly latent?: number;
}

const llama3 = "Grattafiori et al. 2024, The Llama 3 Herd of Models, table 3; config.json of the release";
const llama2 = "Touvron et al. 2023, Llama 2; config.json of the release";
const llama = { dHead: 128, nKvHeads: 8 };

/** Published models, by id. */
export const realModels = {
  "gpt2": {
    name: "GPT-2 small", nLayers: 12, dModel: 768, nHeads: 12, nKvHeads: 12, dHead: 64, dMlp: 3072, vocabSize: 50257,
    contextLength: 1024, parameters: 124_439_808, source: "Radford et al. 2019, table 2; hparams.json of the release", date: "2019-02",
  },
  "gpt2-xl": {
    name: "GPT-2 XL", nLayers: 48, dModel: 1600, nHeads: 25, nKvHeads: 25, dHead: 64, dMlp: 6400, vocabSize: 50257,
    contextLength: 1024, parameters: 1_557_611_200, source: "Radford et al. 2019, table 2; hparams.json of the release", date: "2019-11",
  },
  "gpt3": {
    name: "GPT-3", nLayers: 96, dModel: 12288, nHeads: 96, nKvHeads: 96, dHead: 128, dMlp: 49152, vocabSize: 50257,
    contextLength: 2048, parameters: 174_604_259_328, source: "Brown et al. 2020, table 2.1", date: "2020-05",
  },
  "llama-2-7b": {
    name: "Llama 2 7B", ...llama, nLayers: 32, dModel: 4096, nHeads: 32, nKvHeads: 32, dMlp: 11008, vocabSize: 32000,
    contextLength: 4096, parameters: 6_738_415_616, source: llama2, date: "2023-07",
  },
  "llama-2-70b": {
    name: "Llama 2 70B", ...llama, nLayers: 80, dModel: 8192, nHeads: 64, dMlp: 28672, vocabSize: 32000,
    contextLength: 4096, parameters: 68_976_648_192, source: llama2, date: "2023-07",
  },
  "llama-3-8b": {
    name: "Llama 3.1 8B", ...llama, nLayers: 32, dModel: 4096, nHeads: 32, dMlp: 14336, vocabSize: 128256,
    contextLength: 131072, parameters: 8_030_261_248, source: llama3, date: "2024-07",
  },
  "llama-3-70b": {
    name: "Llama 3.1 70B", ...llama, nLayers: 80, dModel: 8192, nHeads: 64, dMlp: 28672, vocabSize: 128256,
    contextLength: 131072, parameters: 70_553_706_496, source: llama3, date: "2024-07",
  },
  "llama-3-405b": {
    name: "Llama 3.1 405B", ...llama, nLayers: 126, dModel: 16384, nHeads: 128, dMlp: 53248, vocabSize: 128256,
    contextLength: 131072, parameters: 405_853_388_800, source: llama3, date: "2024-07",
  },
  "mistral-7b": {
    name: "Mistral 7B", ...llama, nLayers: 32, dModel: 4096, nHeads: 32, dMlp: 14336, vocabSize: 32000,
    contextLength: 8192, parameters: 7_241_732_096, sliding: { window: 4096, layers: 32 },
    source: "Jiang et al. 2023, Mistral 7B, table 1", date: "2023-10",
  },
  "mixtral-8x7b": {
    name: "Mixtral 8×7B", ...llama, nLayers: 32, dModel: 4096, nHeads: 32, dMlp: 14336, vocabSize: 32000,
    contextLength: 32768, parameters: 46_702_792_704, activeParameters: 12_879_925_248,
    source: "Jiang et al. 2024, Mixtral of Experts, table 1", date: "2024-01",
  },
  "falcon-7b": {
    name: "Falcon 7B", nLayers: 32, dModel: 4544, nHeads: 71, nKvHeads: 1, dHead: 64, dMlp: 18176, vocabSize: 65024,
    contextLength: 2048, parameters: 6_921_720_704, source: "Almazrouei et al. 2023; config.json of the release", date: "2023-11",
  },
  "deepseek-v3": {
    name: "DeepSeek-V3", nLayers: 61, dModel: 7168, nHeads: 128, nKvHeads: 128, dHead: 128, dMlp: 18432, vocabSize: 129280,
    contextLength: 131072, parameters: 671e9, activeParameters: 37e9, latent: 576,
    source: "DeepSeek-AI 2024, DeepSeek-V3 Technical Report, section 4.2", date: "2024-12",
  },
  "gpt-oss-120b": {
    name: "gpt-oss-120b", nLayers: 36, dModel: 2880, nHeads: 64, nKvHeads: 8, dHead: 64, dMlp: 2880, vocabSize: 201088,
    contextLength: 131072, parameters: 116.83e9, activeParameters: 5.13e9, sliding: { window: 128, layers: 18 },
    source: "OpenAI 2025, gpt-oss model card, table 1 and section 2", date: "2025-08",
  },
} as const satisfies Readonly<Record<string, RealModel>>;

export type RealModelId = keyof typeof realModels;

/** What a processor can do at most, as its maker prints it. */
export interface Chip extends Sourced {
  /** Dense multiply–adds of 16-bit numbers, two operations each, in FLOP/s; null where the maker prints none. */
  readonly peak16: number | null;
  /** Bytes of memory beside the processor. */
  readonly memory: number;
  /** Bytes a second between the two. */
  readonly bandwidth: number;
}

/** Chips, by id. Peaks are dense: the doubled figures of data sheets that count 2:4 sparsity are halved here. */
export const chips = {
  "v100": {
    name: "V100 SXM2 32 GB", peak16: 125e12, memory: 32e9, bandwidth: 0.9e12,
    source: "NVIDIA V100 data sheet", date: "2020-01",
  },
  "a100": {
    name: "A100 SXM 80 GB", peak16: 312e12, memory: 80e9, bandwidth: 2.039e12,
    source: "NVIDIA A100 data sheet", date: "2021-06",
  },
  "h100": {
    name: "H100 SXM", peak16: 989.4e12, memory: 80e9, bandwidth: 3.35e12,
    source: "NVIDIA H100 architecture white paper, data sheet", date: "2023-03",
  },
  "h200": {
    name: "H200 SXM", peak16: 989.4e12, memory: 141e9, bandwidth: 4.8e12,
    source: "NVIDIA H200 data sheet", date: "2023-11",
  },
  "b200": {
    name: "B200", peak16: 2.25e15, memory: 180e9, bandwidth: 8e12,
    source: "NVIDIA DGX B200 data sheet, an eighth of the system", date: "2024-11",
  },
  "mi300x": {
    name: "MI300X", peak16: 1307.4e12, memory: 192e9, bandwidth: 5.3e12,
    source: "AMD Instinct MI300X data sheet", date: "2023-12",
  },
  "tpu-v5e": {
    name: "TPU v5e", peak16: 197e12, memory: 16e9, bandwidth: 0.819e12,
    source: "Google Cloud documentation, TPU v5e", date: "2023-08",
  },
  "rtx-4090": {
    name: "GeForce RTX 4090", peak16: 165.2e12, memory: 24e9, bandwidth: 1.008e12,
    source: "NVIDIA Ada architecture white paper, 32-bit accumulation", date: "2022-10",
  },
  "rtx-5090": {
    name: "GeForce RTX 5090", peak16: 209.5e12, memory: 32e9, bandwidth: 1.792e12,
    source: "NVIDIA RTX Blackwell architecture white paper, 32-bit accumulation", date: "2025-01",
  },
  "m2-ultra": {
    name: "Apple M2 Ultra", peak16: null, memory: 192e9, bandwidth: 0.8e12,
    source: "Apple, announcement of M2 Ultra", date: "2023-06",
  },
  "desktop": {
    name: "Desktop PC, 2 × DDR5-5600", peak16: null, memory: 64e9, bandwidth: 0.0896e12,
    source: "JEDEC DDR5-5600: 5,600 MT/s × 8 bytes × 2 channels", date: "2022-08",
  },
} as const satisfies Readonly<Record<string, Chip>>;

export type ChipId = keyof typeof chips;

/** Ways between memories: bytes a second in one direction. */
export interface Link extends Sourced {
  readonly bandwidth: number;
}

export const links = {
  "pcie4": { name: "PCIe 4.0 × 16", bandwidth: 31.5e9, source: "PCI-SIG: 16 GT/s × 16 lanes, 128b/130b", date: "2017-10" },
  "pcie5": { name: "PCIe 5.0 × 16", bandwidth: 63e9, source: "PCI-SIG: 32 GT/s × 16 lanes, 128b/130b", date: "2019-05" },
  "nvlink4": {
    name: "NVLink 4", bandwidth: 450e9,
    source: "NVIDIA H100 data sheet: 900 GB/s in both directions together", date: "2023-03",
  },
} as const satisfies Readonly<Record<string, Link>>;

/** US dollars, for a million tokens or for an hour of one chip. */
export interface Price extends Sourced {
  readonly input?: number;
  readonly output?: number;
  readonly hour?: number;
}

export const prices = {
  "gemini-2.5-pro": {
    name: "Gemini 2.5 Pro, prompts up to 200,000 tokens", input: 1.25, output: 10,
    source: "Google, Gemini API pricing, as quoted by deploybase.ai", date: "2026-03",
  },
  "gemini-2.5-flash": {
    name: "Gemini 2.5 Flash", input: 0.3, output: 2.5, source: "Google, Gemini API pricing, as quoted by deploybase.ai", date: "2026-03",
  },
  "h800-hour": {
    name: "H800 by the hour, an assumed rent", hour: 2, source: "DeepSeek-AI 2024, DeepSeek-V3 Technical Report, table 1", date: "2024-12",
  },
} as const satisfies Readonly<Record<string, Price>>;
