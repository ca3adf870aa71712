// `tune.mixedPrecision` as what the engine knows: a type of 16 bits, and what the provider computes in it.

import type { HalfType } from '../../engine/graph/half.ts';
import { CPU_HALF_KERNELS, findHalfKernels } from '../../engine/runtime/half-kernels.ts';
import type { Provider } from '../../engine/runtime/providers.ts';
import type { HalfPrecision } from '../../engine/training/step.ts';
import type { HalfSettings } from '../../models/inference/network.ts';
import { usesLora } from './lora.ts';
import type { TuneSettings } from './mixture.ts';

const TYPES: Readonly<Record<TuneSettings['mixedPrecision'], HalfType | undefined>> = {
  no: undefined,
  fp16: 'float16',
  bf16: 'bfloat16',
};

type PrecisionSetting = Pick<TuneSettings, 'mixedPrecision'>;

/** The type of 16 bits that settings ask for; undefined where all is float32. */
function halfTypeOf({ mixedPrecision }: PrecisionSetting): HalfType | undefined {
  return TYPES[mixedPrecision];
}

/** The precision in which a method draws pictures of its own, that of its steps; undefined for float32. */
export function drawingPrecision(settings: PrecisionSetting): { readonly type: HalfType } | undefined {
  const type = halfTypeOf(settings);
  return type && { type };
}

/**
 * That of a network whose outputs are compared with those of the one that learns: rounded where that one is.
 *
 * @param learned whether its weights were learned, and so are float32
 */
export function comparedPrecision(
  settings: TuneSettings,
  { learned = false }: { readonly learned?: boolean } = {},
): HalfSettings | undefined {
  const half = drawingPrecision(settings);
  return half && { ...half, alike: true, exact: learned || !usesLora(settings) };
}

/** What is in 16 bits and what is not, for people; undefined where all is float32. */
export function describePrecision(
  settings: PrecisionSetting & Pick<TuneSettings, 'textEncoderLora'>,
  judges: boolean,
): string | undefined {
  const type = halfTypeOf(settings);
  if (!type) return undefined;
  const inside = settings.textEncoderLora ? 'the network and the CLIP text encoders that learn' : 'the network';
  const outside = [settings.textEncoderLora ? 'what other text encoders give' : 'text encoders', 'the autoencoder'];
  return `${type}: activations and frozen weights of ${inside}; float32: what is learned, ${[...outside, ...(judges ? ['the reward function'] : [])].join(', ')}`;
}

/** The precision of a run on the CPU, which plans are made for. */
export function cpuPrecision(settings: PrecisionSetting): HalfPrecision | undefined {
  const type = halfTypeOf(settings);
  return type && { type, kernels: CPU_HALF_KERNELS[type] };
}

/** The precision of a run on a provider. */
export async function findPrecision(
  settings: PrecisionSetting,
  provider: Provider = 'cpu',
): Promise<HalfPrecision | undefined> {
  const type = halfTypeOf(settings);
  return type && { type, kernels: await findHalfKernels(provider, type) };
}
