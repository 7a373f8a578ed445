/** Sources about smaller models: quantization, pruning, distillation. */
export const compressionSources = {
  bengio2013: {
    short: "Bengio et al.", authors: "Y. Bengio, N. Léonard, A. Courville", year: 2013,
    title: "Estimating or propagating gradients through stochastic neurons for conditional computation", where: "arXiv preprint", arxiv: "1308.3432",
  },
  hinton2015: {
    short: "Hinton et al.", authors: "G. Hinton, O. Vinyals, J. Dean", year: 2015, title: "Distilling the knowledge in a neural network",
    where: "arXiv preprint", arxiv: "1503.02531",
  },
  han2015: {
    short: "Han et al.", authors: "S. Han, J. Pool, J. Tran, W. J. Dally", year: 2015,
    title: "Learning both weights and connections for efficient neural networks", where: "Advances in Neural Information Processing Systems 28",
    arxiv: "1506.02626",
  },
  rastegari2016: {
    short: "Rastegari et al.", authors: "M. Rastegari, V. Ordonez, J. Redmon, A. Farhadi", year: 2016,
    title: "XNOR-Net: ImageNet classification using binary convolutional neural networks", where: "European Conference on Computer Vision",
    doi: "10.1007/978-3-319-46493-0_32", arxiv: "1603.05279",
  },
  jacob2017: {
    short: "Jacob et al.", authors: "B. Jacob, S. Kligys, B. Chen, M. Zhu, M. Tang, A. Howard, H. Adam, D. Kalenichenko", year: 2017,
    title: "Quantization and training of neural networks for efficient integer-arithmetic-only inference",
    where: "Conference on Computer Vision and Pattern Recognition (2018)", doi: "10.1109/CVPR.2018.00286", arxiv: "1712.05877",
  },
  dettmers2022: {
    short: "Dettmers et al.", authors: "T. Dettmers, M. Lewis, Y. Belkada, L. Zettlemoyer", year: 2022,
    title: "LLM.int8(): 8-bit matrix multiplication for transformers at scale", where: "Advances in Neural Information Processing Systems 35",
    arxiv: "2208.07339",
  },
  dettmers2022case: {
    short: "Dettmers and Zettlemoyer", authors: "T. Dettmers, L. Zettlemoyer", year: 2022,
    title: "The case for 4-bit precision: k-bit inference scaling laws", where: "International Conference on Machine Learning (2023)",
    arxiv: "2212.09720",
  },
  micikevicius2022: {
    short: "Micikevicius et al.", authors: "P. Micikevicius, D. Stosic, N. Burgess, M. Cornea and others", year: 2022,
    title: "FP8 formats for deep learning", where: "arXiv preprint", arxiv: "2209.05433",
  },
  frantar2022: {
    short: "Frantar et al.", authors: "E. Frantar, S. Ashkboos, T. Hoefler, D. Alistarh", year: 2022,
    title: "GPTQ: accurate post-training quantization for generative pre-trained transformers",
    where: "International Conference on Learning Representations (2023)", arxiv: "2210.17323",
  },
  dettmers2023: {
    short: "Dettmers et al.", authors: "T. Dettmers, A. Pagnoni, A. Holtzman, L. Zettlemoyer", year: 2023,
    title: "QLoRA: efficient finetuning of quantized LLMs", where: "Advances in Neural Information Processing Systems 36", arxiv: "2305.14314",
  },
  lin2023: {
    short: "Lin et al.", authors: "J. Lin, J. Tang, H. Tang, S. Yang and others", year: 2023,
    title: "AWQ: activation-aware weight quantization for LLM compression and acceleration", where: "Conference on Machine Learning and Systems (2024)",
    arxiv: "2306.00978",
  },
  kawrakow2023: {
    short: "Kawrakow", authors: "I. Kawrakow", year: 2023, title: "k-quants", where: "llama.cpp, pull request 1684",
    url: "https://github.com/ggml-org/llama.cpp/pull/1684",
  },
  badri2023: {
    short: "Badri and Shaji", authors: "H. Badri, A. Shaji", year: 2023, title: "Half-quadratic quantization of large machine learning models",
    where: "Mobius Labs, technical report", url: "https://mobiusml.github.io/hqq_blog/",
  },
  kumar2024: {
    short: "Kumar et al.", authors: "T. Kumar, Z. Ankner, B. F. Spector, B. Bordelon and others", year: 2024, title: "Scaling laws for precision",
    where: "International Conference on Learning Representations (2025)", arxiv: "2411.04330",
  },
  ma2024: {
    short: "Ma et al.", authors: "S. Ma, H. Wang, L. Ma, L. Wang and others", year: 2024,
    title: "The era of 1-bit LLMs: all large language models are in 1.58 bits", where: "arXiv preprint", arxiv: "2402.17764",
  },
} as const;
