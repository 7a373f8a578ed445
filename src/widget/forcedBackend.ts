import type { BackendChoice } from "../../engine/worker/client.ts";

/** `?backend=cpu` or `webgpu` on any page forces every figure. */
export function forcedBackend(search: string): BackendChoice {
  const asked = new URLSearchParams(search).get("backend");
  return asked === "cpu" || asked === "webgpu" ? asked : "auto";
}
