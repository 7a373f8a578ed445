import type { Source } from "../bibliography.ts";

/** Sources about running models for many users. */
export const servingSources = {
  pope2022: {
    short: "Pope et al.", authors: "R. Pope, S. Douglas, A. Chowdhery, J. Devlin and others", year: 2022,
    title: "Efficiently scaling transformer inference", where: "Conference on Machine Learning and Systems 2023", arxiv: "2211.05102",
  },
  yu2022: {
    short: "Yu et al.", authors: "G.-I. Yu, J. S. Jeong, G.-W. Kim, S. Kim, B.-G. Chun", year: 2022,
    title: "Orca: a distributed serving system for transformer-based generative models",
    where: "USENIX Symposium on Operating Systems Design and Implementation, 521–538",
    url: "https://www.usenix.org/conference/osdi22/presentation/yu",
  },
  kwon2023: {
    short: "Kwon et al.", authors: "W. Kwon, Z. Li, S. Zhuang, Y. Sheng and others", year: 2023,
    title: "Efficient memory management for large language model serving with PagedAttention",
    where: "Symposium on Operating Systems Principles", doi: "10.1145/3600006.3613165", arxiv: "2309.06180",
  },
  sheng2023: {
    short: "Sheng et al.", authors: "Y. Sheng, L. Zheng, B. Yuan, Z. Li and others", year: 2023,
    title: "FlexGen: high-throughput generative inference of large language models with a single GPU",
    where: "International Conference on Machine Learning", arxiv: "2303.06865",
  },
  xiao2023: {
    short: "Xiao et al.", authors: "G. Xiao, Y. Tian, B. Chen, S. Han, M. Lewis", year: 2023,
    title: "Efficient streaming language models with attention sinks", where: "International Conference on Learning Representations 2024",
    arxiv: "2309.17453",
  },
  zheng2023: {
    short: "Zheng et al.", authors: "L. Zheng, L. Yin, Z. Xie, C. Sun and others", year: 2023,
    title: "SGLang: efficient execution of structured language model programs",
    where: "Advances in Neural Information Processing Systems 2024", arxiv: "2312.07104",
  },
  deepseek2024: {
    short: "DeepSeek-AI", authors: "DeepSeek-AI", year: 2024,
    title: "DeepSeek-V2: a strong, economical, and efficient mixture-of-experts language model", where: "arXiv preprint",
    arxiv: "2405.04434",
  },
  liu2024: {
    short: "Liu et al.", authors: "Z. Liu, J. Yuan, H. Jin, S. Zhong and others", year: 2024,
    title: "KIVI: a tuning-free asymmetric 2bit quantization for KV cache", where: "International Conference on Machine Learning",
    arxiv: "2402.02750",
  },
  zhong2024: {
    short: "Zhong et al.", authors: "Y. Zhong, S. Liu, J. Chen, J. Hu and others", year: 2024,
    title: "DistServe: disaggregating prefill and decoding for goodput-optimized large language model serving",
    where: "USENIX Symposium on Operating Systems Design and Implementation", arxiv: "2401.09670",
  },
} as const satisfies Record<string, Source>;
