/** The limits that a small device may have below the defaults of WebGPU. */
export interface SmallLimits {
  readonly maxStorageBufferBindingSize: number;
  readonly maxBufferSize: number;
}

/** Larger than any buffer may be: whoever asks for it is refused by the device itself. */
const refused = 2 ** 40;

/**
 * A GPU with a phone's limits and no optional feature. Its devices are those of WebGPU's compatibility mode, which holds workgroups to 128
 * invocations and 16,384 bytes; buffers and bindings above `limits` are handed on as ones that no device accepts, so the refusal
 * comes when and as a real one does.
 * @param info what the adapter says of itself; absent: what it is
 */
export function phoneGpu(gpu: GPU, limits: SmallLimits = { maxStorageBufferBindingSize: 2 ** 26, maxBufferSize: 2 ** 26 }, info?: Partial<GPUAdapterInfo>): GPU {
  const small = {
    async requestAdapter() {
      const adapter = await gpu.requestAdapter({ featureLevel: "compatibility" });
      return adapter && { info: info ?? adapter.info, features: new Set(), requestDevice: () => shrink(adapter, limits) };
    },
  };
  return small as unknown as GPU;
}

async function shrink(adapter: GPUAdapter, limits: SmallLimits): Promise<GPUDevice> {
  const device = await adapter.requestDevice();
  const createBuffer = device.createBuffer.bind(device), createBindGroup = device.createBindGroup.bind(device);
  device.createBuffer = (descriptor) => createBuffer(descriptor.size > limits.maxBufferSize ? { ...descriptor, size: refused } : descriptor);
  device.createBindGroup = (descriptor) => createBindGroup({ ...descriptor, entries: [...descriptor.entries].map((entry) => {
    const bound = entry.resource as GPUBufferBinding;
    return (bound.size ?? 0) > limits.maxStorageBufferBindingSize ? { ...entry, resource: { ...bound, size: refused } } : entry;
  }) });
  Object.defineProperty(device, "limits", { value: {
    ...limits, maxComputeInvocationsPerWorkgroup: device.limits.maxComputeInvocationsPerWorkgroup,
    maxComputeWorkgroupStorageSize: device.limits.maxComputeWorkgroupStorageSize,
  } });
  return device;
}
