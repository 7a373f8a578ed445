import { compressionSources } from "./sources/compression.ts";
import { descentSources } from "./sources/descent.ts";
import { positionSources } from "./sources/position.ts";
import { servingSources } from "./sources/serving.ts";
import { trainingSources } from "./sources/training.ts";

/** A source as the list at the end of a chapter prints it. */
export interface Source {
  /** How the text names it: "Vaswani et al." */
  readonly short: string;
  readonly authors: string;
  readonly year: number;
  readonly title: string;
  /** Journal, conference or publisher, with volume and pages where there are any. */
  readonly where: string;
  readonly doi?: string;
  readonly arxiv?: string;
  readonly url?: string;
}

/** Every source of the book. The key is the first author and the year. */
export const bibliography = {
  ...trainingSources,
  ...descentSources,
  mcculloch1943: {
    short: "McCulloch and Pitts", authors: "W. S. McCulloch, W. Pitts", year: 1943,
    title: "A logical calculus of the ideas immanent in nervous activity",
    where: "The Bulletin of Mathematical Biophysics 5, 115–133", doi: "10.1007/BF02478259",
  },
  robbins1951: {
    short: "Robbins and Monro", authors: "H. Robbins, S. Monro", year: 1951, title: "A stochastic approximation method",
    where: "The Annals of Mathematical Statistics 22(3), 400–407", doi: "10.1214/aoms/1177729586",
  },
  shannon1951: {
    short: "Shannon", authors: "C. E. Shannon", year: 1951, title: "Prediction and entropy of printed English",
    where: "Bell System Technical Journal 30(1), 50–64", doi: "10.1002/j.1538-7305.1951.tb01366.x",
  },
  rosenblatt1958: {
    short: "Rosenblatt", authors: "F. Rosenblatt", year: 1958,
    title: "The perceptron: a probabilistic model for information storage and organization in the brain",
    where: "Psychological Review 65(6), 386–408", doi: "10.1037/h0042519",
  },
  polyak1964: {
    short: "Polyak", authors: "B. T. Polyak", year: 1964, title: "Some methods of speeding up the convergence of iteration methods",
    where: "USSR Computational Mathematics and Mathematical Physics 4(5), 1–17", doi: "10.1016/0041-5553(64)90137-5",
  },
  goldberg1991: {
    short: "Goldberg", authors: "D. Goldberg", year: 1991,
    title: "What every computer scientist should know about floating-point arithmetic",
    where: "ACM Computing Surveys 23(1), 5–48", doi: "10.1145/103162.103163",
  },
  rumelhart1986: {
    short: "Rumelhart et al.", authors: "D. E. Rumelhart, G. E. Hinton, R. J. Williams", year: 1986,
    title: "Learning representations by back-propagating errors", where: "Nature 323, 533–536", doi: "10.1038/323533a0",
  },
  cybenko1989: {
    short: "Cybenko", authors: "G. Cybenko", year: 1989, title: "Approximation by superpositions of a sigmoidal function",
    where: "Mathematics of Control, Signals, and Systems 2(4), 303–314", doi: "10.1007/BF02551274",
  },
  hornik1991: {
    short: "Hornik", authors: "K. Hornik", year: 1991, title: "Approximation capabilities of multilayer feedforward networks",
    where: "Neural Networks 4(2), 251–257", doi: "10.1016/0893-6080(91)90009-T",
  },
  leshno1993: {
    short: "Leshno et al.", authors: "M. Leshno, V. Y. Lin, A. Pinkus, S. Schocken", year: 1993,
    title: "Multilayer feedforward networks with a nonpolynomial activation function can approximate any function",
    where: "Neural Networks 6(6), 861–867", doi: "10.1016/S0893-6080(05)80131-5",
  },
  gage1994: {
    short: "Gage", authors: "P. Gage", year: 1994, title: "A new algorithm for data compression",
    where: "The C Users Journal 12(2), 23–38", url: "https://dl.acm.org/doi/10.5555/177910.177914",
  },
  bengio2003: {
    short: "Bengio et al.", authors: "Y. Bengio, R. Ducharme, P. Vincent, C. Jauvin", year: 2003,
    title: "A neural probabilistic language model",
    where: "Journal of Machine Learning Research 3, 1137–1155", url: "https://www.jmlr.org/papers/v3/bengio03a.html",
  },
  griewank2008: {
    short: "Griewank and Walther", authors: "A. Griewank, A. Walther", year: 2008,
    title: "Evaluating derivatives: principles and techniques of algorithmic differentiation",
    where: "Society for Industrial and Applied Mathematics, 2nd edition", doi: "10.1137/1.9780898717761",
  },
  nair2010: {
    short: "Nair and Hinton", authors: "V. Nair, G. E. Hinton", year: 2010,
    title: "Rectified linear units improve restricted Boltzmann machines",
    where: "International Conference on Machine Learning", url: "https://icml.cc/Conferences/2010/papers/432.pdf",
  },
  kingma2014: {
    short: "Kingma and Ba", authors: "D. P. Kingma, J. Ba", year: 2014, title: "Adam: a method for stochastic optimization",
    where: "International Conference on Learning Representations 2015", arxiv: "1412.6980",
  },
  bahdanau2014: {
    short: "Bahdanau et al.", authors: "D. Bahdanau, K. Cho, Y. Bengio", year: 2014,
    title: "Neural machine translation by jointly learning to align and translate",
    where: "International Conference on Learning Representations 2015", arxiv: "1409.0473",
  },
  he2015: {
    short: "He et al.", authors: "K. He, X. Zhang, S. Ren, J. Sun", year: 2015,
    title: "Delving deep into rectifiers: surpassing human-level performance on ImageNet classification",
    where: "International Conference on Computer Vision", doi: "10.1109/ICCV.2015.123", arxiv: "1502.01852",
  },
  hendrycks2016: {
    short: "Hendrycks and Gimpel", authors: "D. Hendrycks, K. Gimpel", year: 2016, title: "Gaussian error linear units (GELUs)",
    where: "arXiv preprint", arxiv: "1606.08415",
  },
  sennrich2016: {
    short: "Sennrich et al.", authors: "R. Sennrich, B. Haddow, A. Birch", year: 2016,
    title: "Neural machine translation of rare words with subword units",
    where: "Annual Meeting of the Association for Computational Linguistics", doi: "10.18653/v1/P16-1162", arxiv: "1508.07909",
  },
  telgarsky2016: {
    short: "Telgarsky", authors: "M. Telgarsky", year: 2016, title: "Benefits of depth in neural networks",
    where: "Conference on Learning Theory", arxiv: "1602.04485",
  },
  vaswani2017: {
    short: "Vaswani et al.",
    authors: "A. Vaswani, N. Shazeer, N. Parmar, J. Uszkoreit, L. Jones, A. N. Gomez, Ł. Kaiser, I. Polosukhin", year: 2017,
    title: "Attention is all you need", where: "Advances in Neural Information Processing Systems 30", arxiv: "1706.03762",
  },
  baydin2018: {
    short: "Baydin et al.", authors: "A. G. Baydin, B. A. Pearlmutter, A. A. Radul, J. M. Siskind", year: 2018,
    title: "Automatic differentiation in machine learning: a survey",
    where: "Journal of Machine Learning Research 18(153), 1–43", arxiv: "1502.05767",
  },
  bottou2018: {
    short: "Bottou et al.", authors: "L. Bottou, F. E. Curtis, J. Nocedal", year: 2018,
    title: "Optimization methods for large-scale machine learning",
    where: "SIAM Review 60(2), 223–311", doi: "10.1137/16M1080173", arxiv: "1606.04838",
  },
  kudo2018: {
    short: "Kudo and Richardson", authors: "T. Kudo, J. Richardson", year: 2018,
    title: "SentencePiece: a simple and language independent subword tokenizer and detokenizer for neural text processing",
    where: "Conference on Empirical Methods in Natural Language Processing, System Demonstrations",
    doi: "10.18653/v1/D18-2012", arxiv: "1808.06226",
  },
  guo2017: {
    short: "Guo et al.", authors: "C. Guo, G. Pleiss, Y. Sun, K. Q. Weinberger", year: 2017,
    title: "On calibration of modern neural networks", where: "International Conference on Machine Learning", arxiv: "1706.04599",
  },
  fan2018: {
    short: "Fan et al.", authors: "A. Fan, M. Lewis, Y. Dauphin", year: 2018, title: "Hierarchical neural story generation",
    where: "Annual Meeting of the Association for Computational Linguistics", doi: "10.18653/v1/P18-1082", arxiv: "1805.04833",
  },
  holtzman2019: {
    short: "Holtzman et al.", authors: "A. Holtzman, J. Buys, L. Du, M. Forbes, Y. Choi", year: 2019,
    title: "The curious case of neural text degeneration",
    where: "International Conference on Learning Representations 2020", arxiv: "1904.09751",
  },
  keskar2019: {
    short: "Keskar et al.", authors: "N. S. Keskar, B. McCann, L. R. Varshney, C. Xiong, R. Socher", year: 2019,
    title: "CTRL: a conditional transformer language model for controllable generation", where: "arXiv preprint", arxiv: "1909.05858",
  },
  stahlberg2019: {
    short: "Stahlberg and Byrne", authors: "F. Stahlberg, B. Byrne", year: 2019,
    title: "On NMT search errors and model errors: cat got your tongue?",
    where: "Conference on Empirical Methods in Natural Language Processing, 3356–3362", doi: "10.18653/v1/D19-1331", arxiv: "1908.10090",
  },
  jain2019: {
    short: "Jain and Wallace", authors: "S. Jain, B. C. Wallace", year: 2019, title: "Attention is not explanation",
    where: "Conference of the North American Chapter of the Association for Computational Linguistics",
    doi: "10.18653/v1/N19-1357", arxiv: "1902.10186",
  },
  radford2019: {
    short: "Radford et al.", authors: "A. Radford, J. Wu, R. Child, D. Luan, D. Amodei, I. Sutskever", year: 2019,
    title: "Language models are unsupervised multitask learners", where: "OpenAI technical report",
    url: "https://cdn.openai.com/better-language-models/language_models_are_unsupervised_multitask_learners.pdf",
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
  brown2020: {
    short: "Brown et al.", authors: "T. B. Brown, B. Mann, N. Ryder, M. Subbiah and others", year: 2020,
    title: "Language models are few-shot learners",
    where: "Advances in Neural Information Processing Systems 33", arxiv: "2005.14165",
  },
  abnar2020: {
    short: "Abnar and Zuidema", authors: "S. Abnar, W. Zuidema", year: 2020, title: "Quantifying attention flow in transformers",
    where: "Annual Meeting of the Association for Computational Linguistics, 4190–4197", doi: "10.18653/v1/2020.acl-main.385", arxiv: "2005.00928",
  },
  chan2022: {
    short: "Chan et al.", authors: "S. C. Y. Chan, A. Santoro, A. K. Lampinen, J. X. Wang, A. Singh, P. H. Richemond, J. McClelland, F. Hill", year: 2022,
    title: "Data distributional properties drive emergent in-context learning in transformers",
    where: "Advances in Neural Information Processing Systems 35", arxiv: "2205.05055",
  },
  chowdhery2022: {
    short: "Chowdhery et al.", authors: "A. Chowdhery, S. Narang, J. Devlin, and 64 others", year: 2022, title: "PaLM: scaling language modeling with pathways",
    where: "Journal of Machine Learning Research 24(240), 2023", arxiv: "2204.02311",
  },
  carlini2023: {
    short: "Carlini et al.", authors: "N. Carlini, D. Ippolito, M. Jagielski, K. Lee, F. Tramèr, C. Zhang", year: 2023,
    title: "Quantifying memorization across neural language models", where: "International Conference on Learning Representations", arxiv: "2202.07646",
  },
  carlini2021: {
    short: "Carlini et al.", authors: "N. Carlini, F. Tramèr, E. Wallace, M. Jagielski and others", year: 2021,
    title: "Extracting training data from large language models", where: "USENIX Security Symposium", arxiv: "2012.07805",
  },
  olsson2022: {
    short: "Olsson et al.", authors: "C. Olsson, N. Elhage, N. Nanda, N. Joseph and others", year: 2022,
    title: "In-context learning and induction heads",
    where: "Transformer Circuits Thread", arxiv: "2209.11895",
  },
  wang2022: {
    short: "Wang et al.", authors: "X. Wang, J. Wei, D. Schuurmans, Q. Le and others", year: 2022,
    title: "Self-consistency improves chain of thought reasoning in language models",
    where: "International Conference on Learning Representations 2023", arxiv: "2203.11171",
  },
  willard2023: {
    short: "Willard and Louf", authors: "B. T. Willard, R. Louf", year: 2023, title: "Efficient guided generation for large language models",
    where: "arXiv preprint", arxiv: "2307.09702",
  },
  nguyen2024: {
    short: "Nguyen et al.", authors: "M. N. Nguyen, A. Baker, C. Neo, A. Roush, A. Kirsch, R. Shwartz-Ziv", year: 2024,
    title: "Turning up the heat: min-p sampling for creative and coherent LLM outputs",
    where: "International Conference on Learning Representations 2025", arxiv: "2407.01082",
  },
  park2024: {
    short: "Park et al.", authors: "K. Park, J. Wang, T. Berg-Kirkpatrick, N. Polikarpova, L. D’Antoni", year: 2024,
    title: "Grammar-aligned decoding", where: "Advances in Neural Information Processing Systems 37", arxiv: "2405.21047",
  },
  petrov2023: {
    short: "Petrov et al.", authors: "A. Petrov, E. La Malfa, P. H. S. Torr, A. Bibi", year: 2023,
    title: "Language model tokenizers introduce unfairness between languages",
    where: "Advances in Neural Information Processing Systems 36", arxiv: "2305.15425",
  },
  devlin2018: {
    short: "Devlin et al.", authors: "J. Devlin, M.-W. Chang, K. Lee, K. Toutanova", year: 2018,
    title: "BERT: pre-training of deep bidirectional transformers for language understanding",
    where: "Conference of the North American Chapter of the Association for Computational Linguistics 2019",
    doi: "10.18653/v1/N19-1423", arxiv: "1810.04805",
  },
  radford2018: {
    short: "Radford et al.", authors: "A. Radford, K. Narasimhan, T. Salimans, I. Sutskever", year: 2018,
    title: "Improving language understanding by generative pre-training", where: "OpenAI technical report",
    url: "https://cdn.openai.com/research-covers/language-unsupervised/language_understanding_paper.pdf",
  },
  child2019: {
    short: "Child et al.", authors: "R. Child, S. Gray, A. Radford, I. Sutskever", year: 2019,
    title: "Generating long sequences with sparse transformers", where: "arXiv preprint", arxiv: "1904.10509",
  },
  clark2019: {
    short: "Clark et al.", authors: "K. Clark, U. Khandelwal, O. Levy, C. D. Manning", year: 2019,
    title: "What does BERT look at? An analysis of BERT’s attention", where: "BlackboxNLP workshop",
    doi: "10.18653/v1/W19-4828", arxiv: "1906.04341",
  },
  michel2019: {
    short: "Michel et al.", authors: "P. Michel, O. Levy, G. Neubig", year: 2019, title: "Are sixteen heads really better than one?",
    where: "Advances in Neural Information Processing Systems 32", arxiv: "1905.10650",
  },
  raffel2019: {
    short: "Raffel et al.", authors: "C. Raffel, N. Shazeer, A. Roberts, K. Lee and others", year: 2019,
    title: "Exploring the limits of transfer learning with a unified text-to-text transformer",
    where: "Journal of Machine Learning Research 21(140), 1–67, 2020", arxiv: "1910.10683",
  },
  shazeer2019: {
    short: "Shazeer", authors: "N. Shazeer", year: 2019, title: "Fast transformer decoding: one write-head is all you need",
    where: "arXiv preprint", arxiv: "1911.02150",
  },
  voita2019: {
    short: "Voita et al.", authors: "E. Voita, D. Talbot, F. Moiseev, R. Sennrich, I. Titov", year: 2019,
    title: "Analyzing multi-head self-attention: specialized heads do the heavy lifting, the rest can be pruned",
    where: "Annual Meeting of the Association for Computational Linguistics", doi: "10.18653/v1/P19-1580", arxiv: "1905.09418",
  },
  beltagy2020: {
    short: "Beltagy et al.", authors: "I. Beltagy, M. E. Peters, A. Cohan", year: 2020, title: "Longformer: the long-document transformer",
    where: "arXiv preprint", arxiv: "2004.05150",
  },
  wang2022architecture: {
    short: "Wang et al.", authors: "T. Wang, A. Roberts, D. Hesslow, T. Le Scao and others", year: 2022,
    title: "What language model architecture and pretraining objective work best for zero-shot generalization?",
    where: "International Conference on Machine Learning", arxiv: "2204.05832",
  },
  ainslie2023: {
    short: "Ainslie et al.", authors: "J. Ainslie, J. Lee-Thorp, M. de Jong, Y. Zemlyanskiy, F. Lebrón, S. Sanghai", year: 2023,
    title: "GQA: training generalized multi-query transformer models from multi-head checkpoints",
    where: "Conference on Empirical Methods in Natural Language Processing", doi: "10.18653/v1/2023.emnlp-main.298", arxiv: "2305.13245",
  },
  ...servingSources,
  ...compressionSources,
  ...positionSources,
} as const satisfies Record<string, Source>;

export type CiteKey = keyof typeof bibliography;

/** Where a source can be read. */
export function linkOf({ arxiv, doi, url }: Source): string {
  if (arxiv) return `https://arxiv.org/abs/${arxiv}`;
  if (doi) return `https://doi.org/${doi}`;
  return url ?? "";
}

/** The year as it is cited: with a letter, in the order of arXiv, where the same authors have several sources of one year. */
export function yearOf(id: CiteKey): string {
  const { short, year, arxiv = "" }: Source = bibliography[id];
  const others = Object.entries<Source>(bibliography).filter(([key, one]) => key !== id && one.short === short && one.year === year);
  if (others.length === 0) return String(year);
  return `${year}${"abcdef"[others.filter(([, one]) => (one.arxiv ?? "") < arxiv).length]}`;
}
