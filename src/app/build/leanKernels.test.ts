import { expect, test } from "vitest";
import { withoutExamples } from "./leanKernels.ts";

test("a kernel loses its examples and samples, wherever they stand, and nothing else", () => {
  const code = "const k = define({ examples: [{ inputs: [[1, 2]] }], name: 'k', samples: [], run(examples) { return examples.samples; } });";
  expect(withoutExamples(code)).toBe("const k = define({  name: 'k',  run(examples) { return examples.samples; } });");
  expect(withoutExamples("f({ name: 'k', samples: [[1]] })")).toBe("f({ name: 'k',  })");
});

test("what is passed on by name stays", () => {
  const code = "const make = (examples) => ({ examples, samples: [] });";
  expect(withoutExamples(code)).toBe("const make = (examples) => ({ examples,  });");
});
