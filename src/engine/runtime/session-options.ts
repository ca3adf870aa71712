// What both makers tell ONNX Runtime of a session.

import { isLate, topologicalOrder } from '../graph/tensor.ts';
import type { Outputs } from '../onnx/outputs.ts';
import { storedRoot } from '../onnx/stored.ts';
import type { CompileOptions } from './runtime.ts';

/**
 * Optimizers of ONNX Runtime that would undo gradient checkpointing. The first merges what is computed again with the first
 * computation. The second replaces the last reshapes of parameter gradients by new nodes, and as ONNX Runtime runs the inputs
 * of a node newest first, all gradients but the last would wait for the end, together with what they are computed from.
 */
const DISABLED_OPTIMIZERS = ['CommonSubexpressionElimination', 'ReshapeFusion'];

/**
 * Writes kernels of convolutions in blocks of channels. For the U-Net of Stable Diffusion that takes half a minute and 1.8 GiB
 * for 7 % less time a run, so models large enough to stay in their files go without.
 */
const BLOCKED_KERNELS = 'NchwcTransformer';

/** Entries of a session's configuration by their full keys. */
export function configEntries(outputs: Outputs, options: CompileOptions): Record<string, string> {
  const { provider = 'cpu', keepStored = false } = options;
  const root = storedRoot(outputs);
  const asStored = (root !== undefined || hasLate(outputs)) && keepStored && provider === 'cpu';
  return {
    // Threads that wait for work by spinning take the cores from other sessions and programs, and alone are no faster.
    'session.intra_op.allow_spinning': '0',
    'optimization.disable_specified_optimizers': [
      ...DISABLED_OPTIMIZERS,
      ...(root ? [BLOCKED_KERNELS] : []),
      ...(asStored ? ['ConstantFolding'] : []),
    ].join(';'),
    ...(asStored && { 'session.disable_prepacking': '1' }),
    ...(root && { 'session.model_external_initializers_file_folder_path': root }),
    // A node without a kernel on the provider is an error, not a silent detour over the CPU.
    ...(provider !== 'cpu' && { 'session.disable_cpu_ep_fallback': '1' }),
  };
}

/** Whether halves are widened at each use. */
function hasLate(outputs: Outputs): boolean {
  return topologicalOrder(Object.values(outputs)).some(isLate);
}
