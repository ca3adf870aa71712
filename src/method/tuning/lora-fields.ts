// How a LoRA was learned, in the fields that kohya's scripts write and other programs show. They are part of the file and so
// of the tuned model's hash: no times, and no paths.

import type { PictureSize } from '../../models/families/model.ts';
import { parseHubRepo } from '../../models/hub/repo.ts';
import { methodOf } from './methods/methods.ts';
import type { TuneSettings } from './mixture.ts';

/** What a run knows of itself. */
export interface LearnedBy {
  readonly settings: TuneSettings;
  readonly seed: number;
  /** As the configuration names it. */
  readonly baseModel: string;
  readonly baseHash: string;
  readonly rewardHash: string | null;
  readonly dataHash: string;
  readonly images: { readonly length: number };
}

/** The fields, all of them text. */
export function learnedFields(run: LearnedBy, step: number, size: PictureSize): Record<string, string> {
  const { settings, seed, baseModel, baseHash, rewardHash, dataHash, images } = run;
  const { batchSize, gradientAccumulationSteps: passes, learningRate, warmupSteps, lrScheduler } = settings;
  const scheduler = lrScheduler === 'constant' && warmupSteps > 0 ? 'constant_with_warmup' : lrScheduler;
  const made = { tuned: `by Collimate, ${settings.method}`, base: baseHash, reward: rewardHash, data: dataHash };
  const fields = {
    sd_model_name: isNameOnly(baseModel) ? baseModel : undefined,
    training_comment: JSON.stringify(made),
    steps: step,
    max_train_steps: settings.maxTrainSteps,
    learning_rate: learningRate,
    unet_lr: learningRate,
    text_encoder_lr: settings.textEncoderLora ? learningRate : undefined,
    optimizer: `AdamW(weight_decay=${settings.weightDecay})`,
    lr_scheduler: scheduler,
    lr_warmup_steps: warmupSteps,
    batch_size_per_device: batchSize,
    gradient_accumulation_steps: passes,
    total_batch_size: batchSize * passes,
    resolution: `(${size.width}, ${size.height})`,
    mixed_precision: settings.mixedPrecision,
    gradient_checkpointing: settings.gradientCheckpointing ? 'True' : 'False',
    max_grad_norm: settings.maxGradNorm,
    min_snr_gamma: settings.minSnrGamma || undefined,
    caption_dropout_rate: settings.captionDropout,
    // Methods that draw pictures of prompts learn from none that were there before.
    num_train_images: methodOf(settings).learnsFrom(settings) === 'prompts' ? undefined : images.length,
    seed,
  };
  return Object.fromEntries(
    Object.entries(fields).flatMap(([name, value]) => (value === undefined ? [] : [[`ss_${name}`, String(value)]])),
  );
}

/** A path would tell of this machine, and change the hash with it. */
function isNameOnly(model: string): boolean {
  return !model.endsWith('.safetensors') && parseHubRepo(model) !== undefined;
}
