import type { Shape } from "../kernel.ts";
import { averagePool2d } from "../ops/averagePool2d.ts";
import { conv2d } from "../ops/conv2d.ts";
import { linear } from "../ops/linear.ts";
import { maxPool2d } from "../ops/maxPool2d.ts";
import { reshape, type Tensor } from "../tensor.ts";
import { type ActivationName, activations, lookUp } from "./layers.ts";
import type { Parameters } from "./parameters.ts";

/** Convolutions that each halve the picture, then one linear layer over all that is left. */
export interface CnnConfig {
  /** Height and width of the pictures. */
  readonly size: number;
  /** Channels from the picture on: [1,8,16] are two convolutions. */
  readonly channels: readonly number[];
  /** Side of the windows; odd. */
  readonly window: number;
  readonly activation: ActivationName;
  /** How a picture is halved: by a stride of 2, or by pooling 2 × 2 pixels after a stride of 1. */
  readonly halving: "stride" | "max" | "average";
  readonly classes: number;
}

const sizeAfter = ({ size, channels, halving }: CnnConfig): number =>
  channels.slice(1).reduce((side) => (halving === "stride" ? Math.ceil(side / 2) : Math.floor(side / 2)), size);

/** `convs.N.weight` [out,in,window,window], `convs.N.bias`, `head.weight` [classes, channels · side · side], `head.bias`. */
export function cnnShapes(config: CnnConfig): Map<string, Shape> {
  const { channels, window, classes } = config;
  const convs = channels.slice(1).flatMap(
    (out, n): [string, Shape][] => [[`convs.${n}.weight`, [out, channels[n]!, window, window]], [`convs.${n}.bias`, [out]]]
  );
  return new Map([...convs, ["head.weight", [classes, channels.at(-1)! * sizeAfter(config) ** 2]], ["head.bias", [classes]]]);
}

/**
 * Pictures to logits. `probe` is called with `convs.N` (the feature maps after activation and pooling) and `logits`.
 * Shapes: x [batch,channels[0],size,size] → [batch,classes].
 * Source: LeCun et al. 1989; strides in the place of pooling, Springenberg et al. 2014.
 */
export function cnn(config: CnnConfig, parameters: Parameters): (x: Tensor, probe?: (name: string, tensor: Tensor) => void) => Tensor {
  const get = lookUp(parameters, "cnn");
  const padding = (config.window - 1) / 2;
  return (x, probe) => {
    const batch = x.shape[0]!;
    for (let n = 0; n < config.channels.length - 1; n++) {
      const stride = config.halving === "stride" ? 2 : 1;
      x = activations[config.activation](conv2d(x, get(`convs.${n}.weight`), get(`convs.${n}.bias`), { stride, padding }));
      if (config.halving !== "stride") x = config.halving === "max" ? maxPool2d(x, 2) : averagePool2d(x, 2);
      probe?.(`convs.${n}`, x);
    }
    const logits = linear(reshape(x, [batch, x.size / batch]), get("head.weight"), get("head.bias"));
    probe?.("logits", logits);
    return logits;
  };
}
