import { defineKernel } from "../kernel.ts";
import { expectShapes, sameShape } from "../shapes.ts";
import { apply, launch, reshape, type Tensor } from "../tensor.ts";
import { perElement, store } from "../wgsl.ts";
import { concat } from "./concat.ts";
import { slice } from "./slice.ts";

/**
 * The linear recurrence h[t] = a[t] · h[t−1] + b[t] with h[−1] = 0, for each channel by itself: a running sum where a is 1. One loop over
 * time. With g[t] = dh[t] + a[t+1] · g[t+1], the same recurrence from the end: db = g, da[t] = g[t] · h[t−1].
 * Shapes: a and b [batch,time,channels] → h likewise.
 * Throws: ShapeError when the shapes differ.
 */
export function scan(a: Tensor, b: Tensor): Tensor {
  return apply(scanKernel, [a, b], {}, ([h]) => (dOut, to) => {
    launch(scanGradientKernel, [a, h!, dOut], {}, [to.into(0), to.into(1)]);
  })[0]!;
}

/** A launch sees [batch,time,channels] as rows of `channels`, so the time before is `channels` numbers back. */
export const scanKernel = defineKernel({
  name: "scan",
  outputs: ([a, b]) => {
    expectShapes(a!.length === 3 && sameShape(a!, b!), "scan", "shapes differ or are not [batch,time,channels]", { a: a!, b: b! });
    return [{ shape: a! }];
  },
  reference([a, b], [h], { inputs }) {
    const [, time, channels] = inputs[0]!.shape as [number, number, number];
    for (let i = 0; i < h!.length; i++) {
      const isFirst = Math.floor(i / channels) % time === 0;
      h![i] = isFirst ? b![i]! : a![i]! * h![i - channels]! + b![i]!;
    }
  },
  wgsl: {
    flat({ inputs: [a] }) {
      const [batch, time, channels] = a!.shape as [number, number, number];
      return perElement(batch * channels, `let first = i / ${channels}u * ${time * channels}u + i % ${channels}u;
  var h = 0.0f;
  for (var at = first; at < first + ${time * channels}u; at += ${channels}u) { h = a0[at] * h + a1[at]; out0[at] = h; }`);
    },
  },
  examples: [
    { inputs: [{ shape: [1, 4, 1], values: [1, 1, 1, 1] }, { shape: [1, 4, 1], values: [1, 2, 3, 4] }], outputs: [[1, 3, 6, 10]] },
    { inputs: [{ shape: [1, 3, 1], values: [9, 0.5, 2] }, { shape: [1, 3, 1], values: [4, 1, -1] }], outputs: [[4, 3, 5]] },
  ],
  samples: [{ inputs: [[2, 9, 3], [2, 9, 3]] }],
});

export const scanGradientKernel = defineKernel({
  name: "scanGradient",
  outputs: ([a]) => [{ shape: a! }, { shape: a! }],
  reference([a, h, dOut], [dA, dB], { inputs, outputs }) {
    const [batch, time, channels] = inputs[0]!.shape as [number, number, number];
    for (let column = 0; column < batch * channels; column++) {
      const first = Math.floor(column / channels) * time * channels + (column % channels);
      let carried = 0;
      for (let t = time - 1; t >= 0; t--) {
        const at = first + t * channels;
        const g = dOut![at]! + carried;
        dA![at] = (outputs[0]!.accumulate ? dA![at]! : 0) + (t > 0 ? g * h![at - channels]! : 0);
        dB![at] = (outputs[1]!.accumulate ? dB![at]! : 0) + g;
        carried = a![at]! * g;
      }
    }
  },
  wgsl: {
    flat({ inputs: [a], outputs: [dA, dB] }) {
      const [batch, time, channels] = a!.shape as [number, number, number];
      return perElement(batch * channels, `let first = i / ${channels}u * ${time * channels}u + i % ${channels}u;
  var carried = 0.0f;
  for (var t = ${time}u; t > 0u; t--) {
    let at = first + (t - 1u) * ${channels}u;
    let g = a2[at] + carried;
    var before = 0.0f;
    if (t > 1u) { before = a1[at - ${channels}u]; }
    ${store("out0", "at", "g * before", dA!)}
    ${store("out1", "at", "g", dB!)}
    carried = a0[at] * g;
  }`);
    },
  },
  accumulates: true,
  examples: [],
  samples: [{ inputs: [[2, 9, 3], [2, 9, 3], [2, 9, 3]] }],
});

/**
 * The same recurrence in ⌈log₂ time⌉ rounds that each work on all times at once: the pair (a, b) stands for the map h → a h + b, and maps
 * can be composed in any grouping. More work than the loop (time · log time), far fewer rounds that must wait for each other. Equal to
 * `scan` up to rounding.
 * Shapes: as in `scan`.
 * Source: Hillis & Steele 1986; Blelloch 1990, section 1.4.1, for the composition.
 */
export function parallelScan(a: Tensor, b: Tensor): Tensor {
  expectShapes(
    a.shape.length === 3 && sameShape(a.shape, b.shape), "parallelScan", "shapes differ or are not [batch,time,channels]",
    { a: a.shape, b: b.shape },
  );
  const line = [1, a.size];
  let pairs = reshape(concat(reshape(a, line), reshape(b, line)), [2, ...a.shape]);
  for (let distance = 1; distance < a.shape[1]!; distance *= 2) pairs = scanRound(pairs, distance);
  return reshape(slice(reshape(pairs, [1, 2 * a.size]), a.size, a.size), a.shape);
}

/**
 * One round: every map is joined with the one `distance` places before it, (a, b) after (a′, b′) being (a a′, a b′ + b). Those that have
 * none stay.
 * Shapes: pairs [2,batch,time,channels] = a, then b.
 */
export function scanRound(pairs: Tensor, distance: number): Tensor {
  return apply(scanRoundKernel, [pairs], { distance }, () => (dOut, to) => {
    launch(scanRoundGradientKernel, [pairs, dOut], { distance }, [to.into(0)]);
  })[0]!;
}

export const scanRoundKernel = defineKernel<{ distance: number }>({
  name: "scanRound",
  outputs: ([pairs]) => {
    expectShapes(pairs!.length === 4 && pairs![0] === 2, "scanRound", "pairs are not [2,batch,time,channels]", { pairs: pairs! });
    return [{ shape: pairs! }];
  },
  reference([pairs], [next], { inputs, attributes: { distance } }) {
    const [, , time, channels] = inputs[0]!.shape as [number, number, number, number];
    const half = pairs!.length / 2;
    for (let i = 0; i < half; i++) {
      const before = i - distance * channels;
      const stays = Math.floor(i / channels) % time < distance;
      next![i] = stays ? pairs![i]! : pairs![i]! * pairs![before]!;
      next![half + i] = stays ? pairs![half + i]! : pairs![i]! * pairs![half + before]! + pairs![half + i]!;
    }
  },
  wgsl: {
    flat({ inputs: [pairs], attributes: { distance } }) {
      const [, , time, channels] = pairs!.shape as [number, number, number, number];
      const half = pairs!.size / 2;
      return perElement(half, `var a = a0[i];
  var b = a0[${half}u + i];
  if (i / ${channels}u % ${time}u >= ${distance}u) {
    b += a * a0[${half}u + i - ${distance * channels}u];
    a *= a0[i - ${distance * channels}u];
  }
  out0[i] = a;
  out0[${half}u + i] = b;`);
    },
  },
  examples: [
    { inputs: [{ shape: [2, 1, 3, 1], values: [2, 3, 4, 10, 20, 30] }], attributes: { distance: 1 }, outputs: [[2, 6, 12, 10, 50, 110]] },
  ],
  samples: [{ inputs: [[2, 2, 7, 3]], attributes: { distance: 2 } }],
});

/**
 * What a place gave to itself and to the one `distance` after it: da = da′ a₋ + db′ b₋ (or da′ where there is none before) + da′₊ a₊, db
 * = db′ + db′₊ a₊.
 */
export const scanRoundGradientKernel = defineKernel<{ distance: number }>({
  name: "scanRoundGradient",
  outputs: ([pairs]) => [{ shape: pairs! }],
  reference([pairs, dOut], [d], { inputs, outputs: [out], attributes: { distance } }) {
    const [, , time, channels] = inputs[0]!.shape as [number, number, number, number];
    const half = pairs!.length / 2, step = distance * channels;
    if (!out!.accumulate) d!.fill(0);
    for (let i = 0; i < half; i++) {
      const t = Math.floor(i / channels) % time;
      let dA = t < distance ? dOut![i]! : dOut![i]! * pairs![i - step]! + dOut![half + i]! * pairs![half + i - step]!;
      let dB = dOut![half + i]!;
      if (t + distance < time) {
        dA += dOut![i + step]! * pairs![i + step]!;
        dB += dOut![half + i + step]! * pairs![i + step]!;
      }
      d![i] = d![i]! + dA;
      d![half + i] = d![half + i]! + dB;
    }
  },
  wgsl: {
    flat({ inputs: [pairs], outputs: [out], attributes: { distance } }) {
      const [, , time, channels] = pairs!.shape as [number, number, number, number];
      const half = pairs!.size / 2, step = distance * channels;
      return perElement(half, `let t = i / ${channels}u % ${time}u;
  var dA = a1[i];
  var dB = a1[${half}u + i];
  if (t >= ${distance}u) { dA = dA * a0[i - ${step}u] + dB * a0[${half}u + i - ${step}u]; }
  if (t + ${distance}u < ${time}u) {
    dA += a1[i + ${step}u] * a0[i + ${step}u];
    dB += a1[${half}u + i + ${step}u] * a0[i + ${step}u];
  }
  ${store("out0", "i", "dA", out!)}
  ${store("out0", `${half}u + i`, "dB", out!)}`);
    },
  },
  accumulates: true,
  examples: [],
  samples: [{ inputs: [[2, 2, 7, 3], [2, 2, 7, 3]], attributes: { distance: 2 } }],
});
