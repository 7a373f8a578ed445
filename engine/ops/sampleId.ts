import { defineKernel, sizeOf } from "../kernel.ts";
import { expectShapes } from "../shapes.ts";
import { candidates } from "../sampling/sample.ts";
import { f32, perElement } from "../wgsl.ts";

type SampleAttributes = { temperature: number; topK: number; topP: number; minP: number };

/**
 * Chooses the next id as `sample` does, in place and without leaving the device: writes it where the model reads its id, moves the
 * position on by one, and notes [id, uniform numbers used so far] in row `count` of `chosen`. A choice among one uses no number.
 * Shapes: logits [vocab], uniforms [chunk] in [0,1) → id [1,1] i32, offset [1] i32, chosen [chunk,2] i32, count [1] i32.
 * One invocation does it all, in passes over the vocabulary: for vocabularies of some thousand ids.
 */
export const sampleIdKernel = defineKernel<SampleAttributes>({
  name: "sampleId",
  outputs: ([logits, uniforms]) => {
    expectShapes(logits!.length === 1 && uniforms!.length === 1, "sampleId", "logits and uniforms must be rows", { logits: logits!, uniforms: uniforms! });
    return [[1, 1], [1], [sizeOf(uniforms!), 2], [1]].map((shape) => ({ shape, dtype: "i32" }));
  },
  reference([logits, uniforms], [id, offset, chosen, count], { attributes }) {
    const made = count![0]!;
    const used = made > 0 ? chosen![2 * made - 1]! : 0;
    const choices = candidates(logits!, attributes);
    let rest = uniforms![used]!;
    const drawn = choices.find(({ probability }) => (rest -= probability) < 0) ?? choices.at(-1)!;
    id![0] = drawn.id;
    offset![0] = offset![0]! + 1;
    chosen!.set([drawn.id, used + (choices.length > 1 ? 1 : 0)], 2 * made);
    count![0] = made + 1;
  },
  wgsl: {
    flat({ inputs: [logits], attributes: { temperature, topK, topP, minP } }) {
      const vocab = logits!.size;
      // Subtle: what is forbidden has the logit −∞ and is passed over; so is NaN.
      const following = `fn following(last: i32) -> i32 {
  var best = -1;
  for (var j = 0; j < ${vocab}; j++) {
    let value = a0[j];
    if (!(value > -3.4e38f)) { continue; }
    var left = last < 0;
    if (!left) { let before = a0[last]; left = value < before || (value == before && j > last); }
    if (left) { if (best < 0) { best = j; } else if (value > a0[best]) { best = j; } }
  }
  return best;
}
fn weight(j: i32, largest: f32) -> f32 { return exp((a0[j] - largest) / ${f32(temperature || 1)}); }`;
      const most = topK > 0 ? Math.min(topK, vocab) : vocab;
      const sumAll = topK > 0
        ? `var at = first;
  for (var n = 0; n < ${most} && at >= 0; n++) { total += weight(at, largest); kept++; at = following(at); }`
        : `for (var j = 0; j < ${vocab}; j++) { if (a0[j] > -3.4e38f) { total += weight(j, largest); kept++; } }`;
      const cut = topP >= 1 && minP <= 0 ? "" : `{
    var sum = 0.0f;
    var length = 0;
    var at = first;
    while (length < kept) {
      let w = weight(at, largest);
      if (length > 0 && !(sum < ${f32(topP)} * total && w >= ${f32(minP)})) { break; }
      sum += w;
      length++;
      if (length < kept) { at = following(at); }
    }
    total = sum;
    kept = length;
  }`;
      const draw = temperature === 0 ? "" : `let largest = a0[first];
  var total = 0.0f;
  var kept = 0;
  ${sumAll}
  ${cut}
  if (kept > 1) {
    var rest = a1[used] * total;
    for (var n = 0; n < kept; n++) {
      if (n > 0) { picked = following(picked); }
      rest -= weight(picked, largest);
      if (rest < 0.0f) { break; }
    }
    used++;
  }`;
      return perElement(1, `let made = out3[0];
  var used = 0;
  if (made > 0) { used = out2[2 * made - 1]; }
  let first = max(following(-1), 0);
  var picked = first;
  ${draw}
  out0[0] = picked;
  out1[0] += 1;
  out2[2 * made] = picked;
  out2[2 * made + 1] = used;
  out3[0] = made + 1;`, following);
    },
  },
  examples: [],
  // Cases lie in testCases/sampling.ts, since counts and uniform numbers have to fit.
  samples: [],
});
