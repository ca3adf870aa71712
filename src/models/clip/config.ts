// The fields of CLIP's config.json: of a whole model with `text_config` and `vision_config`, or of one tower alone.
// Files leave out what equals the publisher's defaults, so those are the defaults here. Fields about text generation and
// training, which every Hugging Face config carries, are not read.

import { z } from 'zod';
import { CollimateError } from '../../util/errors.ts';
import { oneOf, parseConfig, real, whole } from '../config.ts';

const tower = {
  hidden_act: oneOf('quick_gelu', 'gelu').default('quick_gelu'),
  layer_norm_eps: real(0, 1).default(1e-5),
  num_hidden_layers: whole(1, 256).default(12),
};

const textSchema = z
  .object({
    ...tower,
    hidden_size: whole(1, 65536).default(512),
    intermediate_size: whole(1, 262144).default(2048),
    num_attention_heads: whole(1, 256).default(8),
    max_position_embeddings: whole(1, 65536).default(77),
    vocab_size: whole(1, 2 ** 24).default(49408),
    eos_token_id: whole(0, 2 ** 24).default(49407),
    projection_dim: whole(1, 65536).default(512),
  })
  .superRefine(checkHeads);

const visionSchema = z
  .object({
    ...tower,
    hidden_size: whole(1, 65536).default(768),
    intermediate_size: whole(1, 262144).default(3072),
    num_attention_heads: whole(1, 256).default(12),
    num_channels: whole(1, 64).default(3),
    image_size: whole(1, 16384).default(224),
    patch_size: whole(1, 4096).default(32),
    projection_dim: whole(1, 65536).default(512),
  })
  .superRefine(checkHeads);

const clipSchema = z.object({
  projection_dim: whole(1, 65536).default(512),
  logit_scale_init_value: real(0, 100).default(2.6592),
  text_config: z.record(z.string(), z.unknown(), { error: 'an object' }),
  vision_config: z.record(z.string(), z.unknown(), { error: 'an object' }),
  // Old files repeat the fields that their author set; these win, as in the publisher's own reader.
  text_config_dict: z.record(z.string(), z.unknown()).nullish(),
  vision_config_dict: z.record(z.string(), z.unknown()).nullish(),
});

/** The published fields of the text tower. */
export type ClipTextConfig = z.infer<typeof textSchema>;
/** The published fields of the vision tower. */
export type ClipVisionConfig = z.infer<typeof visionSchema>;

/** Both towers and what joins them. */
export interface ClipConfig {
  readonly text: ClipTextConfig;
  readonly vision: ClipVisionConfig;
  /** Width of the space in which images and texts are compared. */
  readonly projectionDim: number;
  /** Initial `log` of the factor of the similarities. */
  readonly logitScale: number;
}

/**
 * Checks the config.json of a whole CLIP model.
 *
 * @throws CollimateError MODEL_CONFIG
 */
export function parseClipConfig(value: Record<string, unknown>, file = 'config.json'): ClipConfig {
  checkModelType(value, ['clip'], file);
  const config = parseConfig(clipSchema, value, file);
  const text = { ...config.text_config, ...config.text_config_dict };
  const vision = { ...config.vision_config, ...config.vision_config_dict };
  const parsed = parseConfig(textSchema, text, `${file}: text_config`);
  checkEnd(parsed, `${file}: text_config`);
  return {
    text: parsed,
    vision: parseConfig(visionSchema, vision, `${file}: vision_config`),
    projectionDim: config.projection_dim,
    logitScale: config.logit_scale_init_value,
  };
}

/**
 * Checks the config.json of a text tower, or takes the text part of a whole model's.
 *
 * @throws CollimateError MODEL_CONFIG
 */
export function parseClipTextConfig(value: Record<string, unknown>, file = 'text_encoder/config.json'): ClipTextConfig {
  if (value.text_config !== undefined) return parseClipConfig(value, file).text;
  checkModelType(value, ['clip_text_model', 'clip'], file);
  const config = parseConfig(textSchema, value, file);
  // Where it is left out nobody meant anything by it, and a pipeline's prompts are not pooled at it.
  if (value.eos_token_id != null) checkEnd(config, file);
  return config;
}

/** @throws CollimateError MODEL_CONFIG where the file says that it is another kind of model. */
function checkModelType({ model_type: type }: Record<string, unknown>, allowed: readonly string[], file: string): void {
  if (type === undefined || allowed.includes(type as string)) return;
  throw new CollimateError(
    'MODEL_CONFIG',
    `${file}: model_type: expected ${allowed.join(' or ')}, got ${JSON.stringify(type)}`,
    'Use a CLIP in the Hugging Face layout, such as openai/clip-vit-large-patch14.',
  );
}

/** @throws CollimateError MODEL_CONFIG where no text could hold the token that ends one. */
function checkEnd({ eos_token_id: end, vocab_size: rows }: ClipTextConfig, file: string): void {
  if (end < rows) return;
  throw new CollimateError(
    'MODEL_CONFIG',
    `${file}: eos_token_id: expected an id of the vocabulary, below ${rows}, got ${end}`,
    'Use the config.json that belongs to the weights.',
  );
}

function checkHeads(
  config: { hidden_size: number; num_attention_heads: number; image_size?: number; patch_size?: number },
  context: z.RefinementCtx,
): void {
  const { hidden_size: width, num_attention_heads: heads, image_size: size = 1, patch_size: patch = 1 } = config;
  const fail = (name: string, message: string, input: unknown) =>
    context.addIssue({ code: 'custom', path: [name], message, input });
  if (width % heads !== 0) fail('hidden_size', `a multiple of num_attention_heads = ${heads}`, width);
  if (size < patch) fail('image_size', `at least patch_size = ${patch}`, size);
}
