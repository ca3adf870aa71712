// How one family's files in the original layout are told, read and written: one file with a whole model under the names of
// its authors, as most models are shared.

import type { ParamSpec } from '../../engine/nn/params.ts';
import type { TensorSource } from '../../engine/weights/tensor.ts';
import type { ViewEntry } from '../../engine/weights/view.ts';
import type { PredictionType } from '../diffusion/schedule.ts';
import type { Design, Family, RawConfig, RawConfigs } from '../families/model.ts';

export type Shapes = Pick<TensorSource, 'names' | 'has' | 'shape'>;

/** A parameter's place in the file, and the shape that it is stored in. */
export interface OriginalEntry extends ViewEntry {
  readonly stored: readonly number[];
}

/** Of each component, every parameter by its canonical name. */
export type OriginalLayout = Readonly<Record<string, ReadonlyMap<string, OriginalEntry>>>;

/** Where a parameter of a component stands; stored in its own shape where nothing else is said. */
export type Placing = (spec: ParamSpec) => Omit<OriginalEntry, 'shape' | 'stored'> & Partial<OriginalEntry>;

/** The files of one family. */
export interface OriginalFormat {
  readonly family: Family;
  /** Whether a file is of this family. */
  matches(source: Shapes): boolean;
  /** Parts that a file of this family lacks, as patterns such as `first_stage_model.*`. */
  missing(source: Shapes): string[];
  /** config.json contents told from names and shapes. @throws CollimateError MODEL_CONFIG */
  infer(path: string, source: TensorSource, asked?: PredictionType): RawConfigs;
  /** How each component's parameters are named: in this file, or in a new one. */
  placings(raw: RawConfigs, source?: Shapes): Readonly<Record<string, Placing>>;
  /** Names that a file has beside others of the same numbers, since other programs ask for them. */
  readonly twins?: Readonly<Record<string, string>>;
  /** Names that are left alone: what training left behind. */
  readonly passedOver: readonly RegExp[];
  /** What fills up the prompts of each tokenizer of CLIP's, by folder. */
  paddings(raw: RawConfigs): Readonly<Record<string, string>>;
  /** What other programs read from the metadata (Stability AI's modelspec 1.0.0). */
  modelSpec(raw: RawConfigs): Readonly<Record<string, string>>;
  /** What kohya's scripts call the model, in the metadata of LoRAs: A1111 and Forge sort these by it. */
  kohyaSpec(raw: RawConfigs): Readonly<Record<string, string>>;
  /** Whether kohya's spelling of LoRA names the blocks of the denoiser as in this layout. */
  readonly kohyaBlocks?: boolean;
  /** Fields of model_index.json, which a file does not have. */
  readonly index: RawConfig;
}

/** Where a file holds the parameters of a model. */
export function originalLayout(
  declare: Design['declare'],
  placings: Readonly<Record<string, Placing>>,
): OriginalLayout {
  return Object.fromEntries(
    Object.entries(declare).map(([component, specs]) => {
      const place = placings[component]!;
      const entries = specs().map((spec): [string, OriginalEntry] => [
        spec.name,
        { shape: spec.shape, stored: spec.shape, ...place(spec) },
      ]);
      return [component, new Map(entries)];
    }),
  );
}
