import type { Source } from "../bibliography.ts";

/** Sources about attention. */
export const attentionSources = {
  bahdanau2014: {
    short: "Bahdanau et al.", authors: "D. Bahdanau, K. Cho, Y. Bengio", year: 2014,
    title: "Neural machine translation by jointly learning to align and translate",
    where: "International Conference on Learning Representations 2015", arxiv: "1409.0473",
  },
  vaswani2017: {
    short: "Vaswani et al.",
    authors: "A. Vaswani, N. Shazeer, N. Parmar, J. Uszkoreit, L. Jones, A. N. Gomez, Ł. Kaiser, I. Polosukhin", year: 2017,
    title: "Attention is all you need", where: "Advances in Neural Information Processing Systems 30", arxiv: "1706.03762",
  },
  jain2019: {
    short: "Jain and Wallace", authors: "S. Jain, B. C. Wallace", year: 2019, title: "Attention is not explanation",
    where: "Conference of the North American Chapter of the Association for Computational Linguistics",
    doi: "10.18653/v1/N19-1357", arxiv: "1902.10186",
  },
  tsai2019: {
    short: "Tsai et al.", authors: "Y.-H. H. Tsai, S. Bai, M. Yamada, L.-P. Morency, R. Salakhutdinov", year: 2019,
    title: "Transformer dissection: a unified understanding of transformer’s attention via the lens of kernel",
    where: "Conference on Empirical Methods in Natural Language Processing", doi: "10.18653/v1/D19-1443", arxiv: "1908.11775",
  },
  wiegreffe2019: {
    short: "Wiegreffe and Pinter", authors: "S. Wiegreffe, Y. Pinter", year: 2019, title: "Attention is not not explanation",
    where: "Conference on Empirical Methods in Natural Language Processing", doi: "10.18653/v1/D19-1002", arxiv: "1908.04626",
  },
  abnar2020: {
    short: "Abnar and Zuidema", authors: "S. Abnar, W. Zuidema", year: 2020, title: "Quantifying attention flow in transformers",
    where: "Annual Meeting of the Association for Computational Linguistics, 4190–4197", doi: "10.18653/v1/2020.acl-main.385", arxiv: "2005.00928",
  },
  olsson2022: {
    short: "Olsson et al.", authors: "C. Olsson, N. Elhage, N. Nanda, N. Joseph and others", year: 2022,
    title: "In-context learning and induction heads",
    where: "Transformer Circuits Thread", arxiv: "2209.11895",
  },
} as const satisfies Record<string, Source>;
