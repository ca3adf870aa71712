/**
 * Diffusion models by family and their parts, samplers, and whole models that draw and embed.
 *
 * @example
 * import { embeddedModel, openPainter } from 'collimate/models';
 * const painter = await openPainter(embeddedModel('sd'));
 * const settings = { sampler: 'dpm-solver', steps: 4, guidanceScale: 3 } as const;
 * for await (const [picture] of painter.draw([{ prompt: 'two green dogs', seed: 1 }], settings))
 *   console.log(picture!.width, picture!.height); // 32 32
 * await painter.dispose();
 */

// Models, built from the config.json files that they are published with.
export {
  type ClipConfig,
  parseClipConfig,
  parseClipTextConfig,
  type ClipTextConfig,
  type ClipVisionConfig,
} from './models/clip/config.ts';
export { type ClipOutputs, clip, contrastiveLoss, normalize, similarities } from './models/clip/clip.ts';
export { clipTextEmbed, clipTextHidden } from './models/clip/text.ts';
export { clipImageEmbed } from './models/clip/vision.ts';
export { preprocessImage } from './models/clip/preprocess.ts';
export type { RgbImage, FilterName } from './models/clip/resample.ts';
export type { Tokenizer, PromptTokenizer } from './models/tokenizer/tokenizer.ts';
export { loadTokenizer } from './models/tokenizer/files.ts';
export { parseUnetConfig, type UnetConfig } from './models/unet/config.ts';
export { unet, type UnetOptions } from './models/unet/unet.ts';
export { parseVaeConfig, type VaeConfig } from './models/vae/config.ts';
export { vaeEncode, type LatentDistribution } from './models/vae/encoder.ts';
export { vaeDecode } from './models/vae/decoder.ts';
export { declareLoraBase } from './models/lora-base.ts';
export { openPipeline, type OpenPipelineOptions } from './models/pipeline.ts';
export { FAMILIES } from './models/families/families.ts';
export type {
  Conditions,
  Design,
  DiffusionModel,
  Family,
  AnswerOptions,
  LatentDesign,
  PartClass,
  PictureSize,
  PromptEncoder,
  PromptEncoding,
  RawConfig,
  RawConfigs,
  SizeCondition,
  TokenizerSource,
} from './models/families/model.ts';
export {
  saveModel,
  savePipeline,
  type ComponentParts,
  type ModelParts,
  type PipelineParts,
  type SaveOptions,
} from './models/save-pipeline.ts';
export { type ConvertLoraOptions, type ConvertLoraSummary, convertLora } from './models/convert-lora.ts';
export { type ConvertOptions, type ConvertSummary, convertModel } from './models/convert.ts';

// Diffusion.
export {
  createSchedule,
  loadSchedule,
  type PredictionType,
  type Schedule,
  type ScheduleConfig,
} from './models/diffusion/schedule.ts';
export type { NoiseProcess } from './models/diffusion/process.ts';
export type { Sampler } from './models/diffusion/sampler.ts';
export { createSampler, SAMPLER_NAMES, type SamplerName } from './models/diffusion/samplers.ts';
export {
  type DenoiseOptions,
  denoise,
  guide,
  initialLatents,
  type DenoiseProgress,
  type Prediction,
} from './models/diffusion/denoise.ts';

// Whole models, ready to use.
export { type EmbeddedModel, embeddedModel } from './models/inference/embedded.ts';
export {
  type DrawnPicture,
  type DrawRequest,
  type DrawSettings,
  openPainter,
  type Painter,
  type DrawOptions,
  type DrawPrecision,
  type PainterOptions,
} from './models/inference/painter.ts';
export { type Conditioner, openConditioner, type EncodingModel } from './models/inference/conditioner.ts';
export { type LatentEncoder, openLatentEncoder, type LatentSizes } from './models/inference/latents.ts';
export { type ClipEmbedder, openClipEmbedder, type ClipOptions, type ClipPrecision } from './models/inference/clip.ts';

// Types that these signatures name.
export type { EncoderOptions } from './models/clip/encoder.ts';
export type { Preprocessing } from './models/clip/preprocessing.ts';
export type { Published } from './models/diffusion/published.ts';
export type { Transition } from './models/diffusion/stochastic-ddim.ts';
export type { EngineOptions } from './models/inference/device.ts';
export type { PipelineOrPath } from './models/inference/opened.ts';
export type { AddedToken } from './models/tokenizer/added.ts';
export type { AddedConditions } from './models/unet/time-embedding.ts';
