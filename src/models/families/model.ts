// A diffusion model as a value: components by name, conditions by name, a noise process, and how it denoises, encodes and
// decodes. Tuning, drawing and saving know this and no family.

import type { Tensor } from '../../engine/graph/tensor.ts';
import type { Shape } from '../../engine/graph/types.ts';
import type { ParamSpec, Params } from '../../engine/nn/params.ts';
import type { Float32Tensor, TensorSource } from '../../engine/weights/tensor.ts';
import type { NoiseProcess } from '../diffusion/process.ts';
import type { PromptTokenizer } from '../tokenizer/tokenizer.ts';

/** config.json contents, as they were published. */
export type RawConfig = Readonly<Record<string, unknown>>;
/** Those of all components, and `scheduler`. */
export type RawConfigs = Readonly<Record<string, RawConfig>>;
/** The files of a tokenizer: a folder that has them, or their texts by name. */
export type TokenizerSource = string | Readonly<Record<string, string>>;

/** What a component with weights is called in a folder. */
export interface PartClass {
  readonly library: 'diffusers' | 'transformers';
  readonly className: string;
  readonly weightFile: string;
  /** Whether a model may come without it. */
  readonly optional?: boolean;
}

/** One size of pictures, in pixels. */
export interface PictureSize {
  readonly width: number;
  readonly height: number;
}

/** What latents are. */
export interface LatentDesign {
  readonly channels: number;
  /** Pixels along a side for one latent. */
  readonly reduction: number;
  /** The size of the pictures that the model was made for. */
  readonly own: PictureSize;
  /** Width and height of pictures are multiples of this, */
  readonly step: number;
  /** and no more than this, where there is a limit. */
  readonly most?: number;
}

/** A text encoder and how it is asked. */
export interface PromptEncoder {
  readonly component: string;
  /** The folder of its tokenizer. */
  readonly tokenizer: string;
  /** @throws CollimateError MODEL_CONFIG where the files do not hold, or do not fit the encoder. */
  tokenize(files: TokenizerSource, model: string): PromptTokenizer;
  /** What it gives of ids [B, T]: tensors [B, …] by name. */
  outputs(p: Params, ids: Tensor, options?: AnswerOptions): Readonly<Record<string, Tensor>>;
  /** The ends of the names of its layers that a LoRA adapts; none where it does not learn. */
  readonly adapts?: readonly string[];
}

/** Numbers by condition, rows of one batch one after another. */
export type Conditions = Readonly<Record<string, Float32Array>>;

/** How prompts become conditions. */
export interface PromptEncoding {
  readonly encoders: readonly PromptEncoder[];
  /** The shape of each condition of one prompt, where the encoders read so many tokens. */
  shapes(lengths: readonly number[]): Readonly<Record<string, Shape>>;
  /** The conditions [B, …] of prompts from what each encoder gave. */
  combine(
    outputs: readonly Readonly<Record<string, Tensor>>[],
    lengths: readonly number[],
  ): Readonly<Record<string, Tensor>>;
  /** Whether no negative prompt means conditions of 0, not those of the empty prompt. */
  readonly noneIsZero: boolean;
  /** For people: what of the prompt's encoders is left out. */
  readonly note?: string;
}

/** A condition that follows from the size of a picture, not from its prompt. */
export interface SizeCondition {
  readonly name: string;
  readonly width: number;
  /** Of a picture that was `original` large, of which the part at `left`, `top` was scaled to `target`. */
  of(
    original: PictureSize,
    corner: { readonly left: number; readonly top: number },
    target: PictureSize,
  ): readonly number[];
}

export interface AnswerOptions {
  /** Marks ends of blocks so that `grad` can compute what lies between them again. */
  readonly gradientCheckpointing?: boolean;
}

/** What the configs of a model say: how it computes. Nothing of it is read or run. */
export interface Design {
  /** The component that denoises, and that tuning teaches. */
  readonly denoiser: string;
  /** Its parameters that are stored and never learned. */
  readonly fixed: ReadonlySet<string>;
  /** The parameters of each component, in the order in which the model asks for them. */
  readonly declare: Readonly<Record<string, () => ParamSpec[]>>;
  readonly latent: LatentDesign;
  readonly prompts: PromptEncoding;
  readonly sizing?: SizeCondition;
  /** The shape of each condition, for prompts of the greatest length; what follows from sizes included. */
  readonly conditions: Readonly<Record<string, Shape>>;
  /** @throws CollimateError MODEL_CONFIG where the published scheduler cannot be followed. */
  process(): NoiseProcess;
  /**
   * The network's answer to noisy latents.
   *
   * @param latents [B, C, h, w]
   * @param times float32 [B], of the process
   * @param conditions [B, …] by name
   */
  denoise(
    p: Params,
    latents: Tensor,
    times: Tensor,
    conditions: Readonly<Record<string, Tensor>>,
    options?: AnswerOptions,
  ): Tensor;
  /** Pixels [B, 3, H, W] in [−1, 1] to the means of their latents, as the network sees them. */
  encode(p: Params, pixels: Tensor): Tensor;
  /** The way back. */
  decode(p: Params, latents: Tensor): Tensor;
}

/** A family of models. */
export interface Family {
  /** `_class_name` of its model_index.json. */
  readonly className: string;
  /** For people. */
  readonly words: string;
  /** Components with weights, by folder. */
  readonly parts: Readonly<Record<string, PartClass>>;
  /** The folders of its tokenizers. */
  readonly tokenizers: readonly string[];
  /** Fields of model_index.json of a new folder, beside the components. */
  readonly index: RawConfig;
  /** The version of diffusers whose folders new ones are like. */
  readonly writtenAs: string;
  /**
   * Checks the configs and how they fit together.
   *
   * @param index model_index.json
   * @param model stands in messages
   * @throws CollimateError MODEL_CONFIG
   */
  design(raw: RawConfigs, index: RawConfig, model: string): Design;
}

/** An opened model; its configs are checked, its weights not read yet. */
export interface DiffusionModel extends Design {
  readonly family: Family;
  /** The folder, or the file. */
  readonly folder: string;
  readonly layout: 'diffusers' | 'original';
  /** The components that it has, in the order of its family. */
  readonly components: readonly string[];
  /** `model_index.json` as it is. */
  readonly index: RawConfig;
  readonly raw: RawConfigs;
  /** Encoders and tokenizers that lie there and were not opened, since that was asked for. */
  readonly leftOut: readonly string[];
  /** By folder; none where the model was saved without one. */
  readonly tokenizers: Readonly<Record<string, TokenizerSource>>;
  /**
   * The parameters of a component by canonical key, read when asked for; the caller closes the source.
   *
   * @throws CollimateError WEIGHTS, also where they are not those of the config: the first keys that differ are named.
   */
  open(component: string): TensorSource;
  /** All of them as float32, read anew at each call. @throws CollimateError WEIGHTS */
  parameters(component: string): Map<string, Float32Tensor>;
  /**
   * Tensors that lie in its files and are not used: of a folder with the component before the name, of a file as they stand there.
   *
   * @throws CollimateError WEIGHTS
   */
  unused(): string[];
}
