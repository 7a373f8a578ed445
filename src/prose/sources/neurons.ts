import type { Source } from "../bibliography.ts";

/** Sources about artificial neurons and backpropagation. */
export const neuronsSources = {
  mcculloch1943: {
    short: "McCulloch and Pitts", authors: "W. S. McCulloch, W. Pitts", year: 1943,
    title: "A logical calculus of the ideas immanent in nervous activity",
    where: "The Bulletin of Mathematical Biophysics 5, 115–133", doi: "10.1007/BF02478259",
  },
  rosenblatt1958: {
    short: "Rosenblatt", authors: "F. Rosenblatt", year: 1958,
    title: "The perceptron: a probabilistic model for information storage and organization in the brain",
    where: "Psychological Review 65(6), 386–408", doi: "10.1037/h0042519",
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
  he2015: {
    short: "He et al.", authors: "K. He, X. Zhang, S. Ren, J. Sun", year: 2015,
    title: "Delving deep into rectifiers: surpassing human-level performance on ImageNet classification",
    where: "International Conference on Computer Vision", doi: "10.1109/ICCV.2015.123", arxiv: "1502.01852",
  },
  hendrycks2016: {
    short: "Hendrycks and Gimpel", authors: "D. Hendrycks, K. Gimpel", year: 2016, title: "Gaussian error linear units (GELUs)",
    where: "arXiv preprint", arxiv: "1606.08415",
  },
  telgarsky2016: {
    short: "Telgarsky", authors: "M. Telgarsky", year: 2016, title: "Benefits of depth in neural networks",
    where: "Conference on Learning Theory", arxiv: "1602.04485",
  },
  baydin2018: {
    short: "Baydin et al.", authors: "A. G. Baydin, B. A. Pearlmutter, A. A. Radul, J. M. Siskind", year: 2018,
    title: "Automatic differentiation in machine learning: a survey",
    where: "Journal of Machine Learning Research 18(153), 1–43", arxiv: "1502.05767",
  },
} as const satisfies Record<string, Source>;
