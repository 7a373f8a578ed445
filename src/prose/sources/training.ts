import type { Source } from "../bibliography.ts";

/** Sources about training: curves, restraints, first weights, norms. */
export const trainingSources = {
  lecun1998: {
    short: "LeCun et al.", authors: "Y. LeCun, L. Bottou, Y. Bengio, P. Haffner", year: 1998,
    title: "Gradient-based learning applied to document recognition", where: "Proceedings of the IEEE 86(11), 2278–2324",
    doi: "10.1109/5.726791",
  },
  krogh1992: {
    short: "Krogh and Hertz", authors: "A. Krogh, J. A. Hertz", year: 1992, title: "A simple weight decay can improve generalization",
    where: "Advances in Neural Information Processing Systems 4, 950–957",
    url: "https://papers.nips.cc/paper/1991/hash/8eefcfdf5990e441f0fb6f3fad709e21-Abstract.html",
  },
  prechelt1998: {
    short: "Prechelt", authors: "L. Prechelt", year: 1998, title: "Early stopping – but when?",
    where: "Neural Networks: Tricks of the Trade, Springer, 55–69", doi: "10.1007/3-540-49430-8_3",
  },
  glorot2010: {
    short: "Glorot and Bengio", authors: "X. Glorot, Y. Bengio", year: 2010,
    title: "Understanding the difficulty of training deep feedforward neural networks",
    where: "International Conference on Artificial Intelligence and Statistics, 249–256", url: "https://proceedings.mlr.press/v9/glorot10a.html",
  },
  pascanu2013: {
    short: "Pascanu et al.", authors: "R. Pascanu, T. Mikolov, Y. Bengio", year: 2013, title: "On the difficulty of training recurrent neural networks",
    where: "International Conference on Machine Learning", arxiv: "1211.5063",
  },
  srivastava2014: {
    short: "Srivastava et al.", authors: "N. Srivastava, G. Hinton, A. Krizhevsky, I. Sutskever, R. Salakhutdinov", year: 2014,
    title: "Dropout: a simple way to prevent neural networks from overfitting",
    where: "Journal of Machine Learning Research 15, 1929–1958", url: "https://jmlr.org/papers/v15/srivastava14a.html",
  },
  heDeep2015: {
    short: "He et al.", authors: "K. He, X. Zhang, S. Ren, J. Sun", year: 2015, title: "Deep residual learning for image recognition",
    where: "Conference on Computer Vision and Pattern Recognition 2016", doi: "10.1109/CVPR.2016.90", arxiv: "1512.03385",
  },
  ioffe2015: {
    short: "Ioffe and Szegedy", authors: "S. Ioffe, C. Szegedy", year: 2015,
    title: "Batch normalization: accelerating deep network training by reducing internal covariate shift",
    where: "International Conference on Machine Learning", arxiv: "1502.03167",
  },
  ba2016: {
    short: "Ba et al.", authors: "J. L. Ba, J. R. Kiros, G. E. Hinton", year: 2016, title: "Layer normalization",
    where: "arXiv preprint", arxiv: "1607.06450",
  },
  zhang2016: {
    short: "Zhang et al.", authors: "C. Zhang, S. Bengio, M. Hardt, B. Recht, O. Vinyals", year: 2016,
    title: "Understanding deep learning requires rethinking generalization",
    where: "International Conference on Learning Representations 2017", arxiv: "1611.03530",
  },
  goyal2017: {
    short: "Goyal et al.", authors: "P. Goyal, P. Dollár, R. Girshick, P. Noordhuis and others", year: 2017,
    title: "Accurate, large minibatch SGD: training ImageNet in 1 hour", where: "arXiv preprint", arxiv: "1706.02677",
  },
  nakkiran2019: {
    short: "Nakkiran et al.", authors: "P. Nakkiran, G. Kaplun, Y. Bansal, T. Yang, B. Barak, I. Sutskever", year: 2019,
    title: "Deep double descent: where bigger models and more data hurt",
    where: "International Conference on Learning Representations 2020", doi: "10.1088/1742-5468/ac3a74", arxiv: "1912.02292",
  },
  zhangRms2019: {
    short: "Zhang and Sennrich", authors: "B. Zhang, R. Sennrich", year: 2019, title: "Root mean square layer normalization",
    where: "Advances in Neural Information Processing Systems 32", arxiv: "1910.07467",
  },
  hoffmann2022: {
    short: "Hoffmann et al.", authors: "J. Hoffmann, S. Borgeaud, A. Mensch and others", year: 2022,
    title: "Training compute-optimal large language models", where: "Advances in Neural Information Processing Systems 35", arxiv: "2203.15556",
  },
} as const satisfies Record<string, Source>;
