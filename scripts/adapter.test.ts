import { expect, test } from "vitest";

test("WebGPU in Node gives an adapter and a device", async ({ skip }) => {
  const { create } = await import("webgpu");
  const gpu = create([]);
  const adapter = await gpu.requestAdapter();
  if (!adapter && process.env.CI !== "true") skip("no WebGPU adapter on this machine: WebGPU kernels are not tested");
  expect(adapter, "an adapter").not.toBeNull();
  const device = await adapter?.requestDevice();
  expect(device?.limits.maxStorageBuffersPerShaderStage).toBeGreaterThanOrEqual(8);
  device?.destroy();
});
