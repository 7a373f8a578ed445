import { draw, type OpCases, positive } from "../../testing/opCases.ts";
import { exp } from "../exp.ts";
import { geluErf } from "../geluErf.ts";
import { leakyRelu } from "../leakyRelu.ts";
import { log } from "../log.ts";
import { relu } from "../relu.ts";
import { sigmoid } from "../sigmoid.ts";
import { silu } from "../silu.ts";
import { softplus } from "../softplus.ts";
import { tanh } from "../tanh.ts";

// Where an op has a kink, numbers are kept away from it: a central difference across it is no slope.
const awayFromZero = (value: number): number => value + Math.sign(value) * 0.01;

export const cases: OpCases = {
  calls: [
    { op: "exp", shapes: [[7]], apply: ([x]) => exp(x!) },
    { op: "geluErf", shapes: [[7]], apply: ([x]) => geluErf(x!) },
    { op: "leakyRelu", shapes: [[7]], map: awayFromZero, apply: ([x]) => leakyRelu(x!, 0.2) },
    { op: "log", shapes: [[7]], map: (value) => Math.abs(value) + 0.1, apply: ([x]) => log(x!) },
    { op: "relu", shapes: [[7]], map: awayFromZero, apply: ([x]) => relu(x!) },
    { op: "sigmoid", shapes: [[7]], apply: ([x]) => sigmoid(x!) },
    { op: "silu", shapes: [[7]], apply: ([x]) => silu(x!) },
    { op: "softplus", shapes: [[7]], apply: ([x]) => softplus(x!) },
    { op: "tanh", shapes: [[7]], apply: ([x]) => tanh(x!) },
  ],
  derived: {
    log: () => [{ title: "positive", inputs: [positive(draw([5, 7], 31))], attributes: {} }],
    logGradient: () => [{ title: "positive", inputs: [positive(draw([5, 7], 32)), draw([5, 7], 33)], attributes: {} }],
  },
};
