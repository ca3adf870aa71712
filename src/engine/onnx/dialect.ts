// Which operations and types a provider has.

/**
 * `webgpu` avoids what ONNX Runtime has no WebGPU kernel for: FusedMatMul, Sign, and int64 and int8 tensors, which become int32.
 * `full` is everything else.
 */
export type Dialect = 'full' | 'webgpu';
