// The functions of ONNX Runtime's C interface that are called here: their place in its table and what they take. The table is
// only ever appended to, so a place is right for every later version. Places and types are those of onnxruntime_c_api.h.

/** How a value crosses: pointers as whole numbers, `out` as lists of one that are written to. */
export type Kind = 'pointer' | 'int' | 'size' | 'text' | 'path' | 'texts' | 'sizes' | 'outPointer' | 'outSize';

/** `status` is null where all is well; it is checked and released by whoever calls. */
export type ResultKind = 'status' | 'nothing' | 'text' | 'int';

export interface Slot {
  readonly slot: number;
  readonly args: readonly Kind[];
  readonly result: ResultKind;
}

function slot<const A extends readonly Kind[], const R extends ResultKind = 'status'>(
  place: number,
  args: A,
  result?: R,
): { readonly slot: number; readonly args: A; readonly result: R } {
  return { slot: place, args, result: result ?? ('status' as R) };
}

/** Number of the table's version that is asked for: the oldest that has all of these. */
export const API_VERSION = 20;

export const SLOTS = {
  GetErrorCode: slot(1, ['pointer'], 'int'),
  GetErrorMessage: slot(2, ['pointer'], 'text'),
  CreateEnv: slot(3, ['int', 'text', 'outPointer']),
  CreateSession: slot(7, ['pointer', 'path', 'pointer', 'outPointer']),
  CreateSessionFromArray: slot(8, ['pointer', 'pointer', 'size', 'pointer', 'outPointer']),
  CreateSessionOptions: slot(10, ['outPointer']),
  EnableProfiling: slot(14, ['pointer', 'path']),
  DisableMemPattern: slot(17, ['pointer']),
  DisableCpuMemArena: slot(19, ['pointer']),
  SetSessionLogSeverityLevel: slot(22, ['pointer', 'int']),
  SetSessionGraphOptimizationLevel: slot(23, ['pointer', 'int']),
  SetIntraOpNumThreads: slot(24, ['pointer', 'int']),
  CreateRunOptions: slot(39, ['outPointer']),
  RunOptionsSetTerminate: slot(46, ['pointer']),
  CreateTensorWithDataAsOrtValue: slot(49, ['pointer', 'pointer', 'size', 'sizes', 'size', 'int', 'outPointer']),
  CreateMemoryInfo: slot(68, ['text', 'int', 'int', 'int', 'outPointer']),
  CreateCpuMemoryInfo: slot(69, ['int', 'int', 'outPointer']),
  AllocatorFree: slot(76, ['pointer', 'pointer']),
  GetAllocatorWithDefaultOptions: slot(78, ['outPointer']),
  ReleaseStatus: slot(93, ['pointer'], 'nothing'),
  ReleaseSession: slot(95, ['pointer'], 'nothing'),
  ReleaseValue: slot(96, ['pointer'], 'nothing'),
  ReleaseRunOptions: slot(97, ['pointer'], 'nothing'),
  ReleaseSessionOptions: slot(100, ['pointer'], 'nothing'),
  SessionEndProfiling: slot(110, ['pointer', 'pointer', 'outPointer']),
  AddSessionConfigEntry: slot(130, ['pointer', 'text', 'text']),
  RunWithBinding: slot(133, ['pointer', 'pointer', 'pointer']),
  CreateIoBinding: slot(134, ['pointer', 'outPointer']),
  ReleaseIoBinding: slot(135, ['pointer'], 'nothing'),
  BindInput: slot(136, ['pointer', 'text', 'pointer']),
  BindOutput: slot(137, ['pointer', 'text', 'pointer']),
  BindOutputToDevice: slot(138, ['pointer', 'text', 'pointer']),
  GetBoundOutputValues: slot(140, ['pointer', 'pointer', 'outPointer', 'outSize']),
  AddRunConfigEntry: slot(165, ['pointer', 'text', 'text']),
  SessionOptionsAppendExecutionProvider_CUDA_V2: slot(204, ['pointer', 'pointer']),
  CreateCUDAProviderOptions: slot(205, ['outPointer']),
  UpdateCUDAProviderOptions: slot(206, ['pointer', 'texts', 'texts', 'size']),
  ReleaseCUDAProviderOptions: slot(208, ['pointer'], 'nothing'),
} satisfies Record<string, Slot>;

export type ApiName = keyof typeof SLOTS;
