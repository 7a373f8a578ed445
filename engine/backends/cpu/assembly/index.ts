// The hot kernels of the CPU backend. Every export is called by name from the `wasm` property of a kernel in engine/ops.
export { reserveScratch } from "./scratch";
export { columnSums, gemm } from "./gemm";
