import type { Source } from "../bibliography.ts";

/** Sources about walking downhill. */
export const descentSources = {
  robbins1951: {
    short: "Robbins and Monro", authors: "H. Robbins, S. Monro", year: 1951, title: "A stochastic approximation method",
    where: "The Annals of Mathematical Statistics 22(3), 400–407", doi: "10.1214/aoms/1177729586",
  },
  rosenbrock1960: {
    short: "Rosenbrock", authors: "H. H. Rosenbrock", year: 1960,
    title: "An automatic method for finding the greatest or least value of a function", where: "The Computer Journal 3(3), 175–184",
    doi: "10.1093/comjnl/3.3.175",
  },
  polyak1964: {
    short: "Polyak", authors: "B. T. Polyak", year: 1964, title: "Some methods of speeding up the convergence of iteration methods",
    where: "USSR Computational Mathematics and Mathematical Physics 4(5), 1–17", doi: "10.1016/0041-5553(64)90137-5",
  },
  dantzig1990: {
    short: "Dantzig", authors: "G. B. Dantzig", year: 1990, title: "Origins of the simplex method",
    where: "A History of Scientific Computing, ACM, 141–151", doi: "10.1145/87252.88081",
  },
  quinlan1993: {
    short: "Quinlan", authors: "R. Quinlan", year: 1993, title: "Auto MPG", where: "UCI Machine Learning Repository; first distributed by StatLib, 1982",
    doi: "10.24432/C5859H",
  },
  duchi2011: {
    short: "Duchi et al.", authors: "J. Duchi, E. Hazan, Y. Singer", year: 2011,
    title: "Adaptive subgradient methods for online learning and stochastic optimization",
    where: "Journal of Machine Learning Research 12, 2121–2159", url: "https://jmlr.org/papers/v12/duchi11a.html",
  },
  dauphin2014: {
    short: "Dauphin et al.", authors: "Y. N. Dauphin, R. Pascanu, C. Gulcehre, K. Cho, S. Ganguli, Y. Bengio", year: 2014,
    title: "Identifying and attacking the saddle point problem in high-dimensional non-convex optimization",
    where: "Advances in Neural Information Processing Systems 27", arxiv: "1406.2572",
  },
  kingma2014: {
    short: "Kingma and Ba", authors: "D. P. Kingma, J. Ba", year: 2014, title: "Adam: a method for stochastic optimization",
    where: "International Conference on Learning Representations 2015", arxiv: "1412.6980",
  },
  loshchilov2017: {
    short: "Loshchilov and Hutter", authors: "I. Loshchilov, F. Hutter", year: 2017, title: "SGDR: stochastic gradient descent with warm restarts",
    where: "International Conference on Learning Representations", arxiv: "1608.03983",
  },
  reddi2018: {
    short: "Reddi et al.", authors: "S. J. Reddi, S. Kale, S. Kumar", year: 2018, title: "On the convergence of Adam and beyond",
    where: "International Conference on Learning Representations", arxiv: "1904.09237",
  },
  bottou2018: {
    short: "Bottou et al.", authors: "L. Bottou, F. E. Curtis, J. Nocedal", year: 2018,
    title: "Optimization methods for large-scale machine learning",
    where: "SIAM Review 60(2), 223–311", doi: "10.1137/16M1080173", arxiv: "1606.04838",
  },
  loshchilov2019: {
    short: "Loshchilov and Hutter", authors: "I. Loshchilov, F. Hutter", year: 2019, title: "Decoupled weight decay regularization",
    where: "International Conference on Learning Representations", arxiv: "1711.05101",
  },
} as const satisfies Readonly<Record<string, Source>>;
