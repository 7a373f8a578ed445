import type { OpCases } from "../../testing/opCases.ts";
import { gruCell } from "../gruCell.ts";
import { lstmCell } from "../lstmCell.ts";

export const cases: OpCases = {
  calls: [
    { op: "gruCell", shapes: [[2, 9], [2, 9], [2, 3]], apply: ([x, h, state]) => gruCell(x!, h!, state!) },
    {
      op: "lstmCell", shapes: [[2, 12], [2, 6]], map: (value) => value + 0.01,
      apply: ([gates, state]) => lstmCell(gates!, lstmCell(gates!, state!)),
    },
  ],
};
