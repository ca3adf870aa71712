// The fields of config.json of SigLIP and SigLIP 2, both of model_type `siglip`. Files leave out what equals the publisher's
// defaults, so those are the defaults here.

import { z } from 'zod';
import { CollimateError } from '../../util/errors.ts';
import { oneOf, parseConfig, real, whole } from '../config.ts';

const tower = {
  hidden_act: oneOf('gelu_pytorch_tanh', 'gelu', 'quick_gelu').default('gelu_pytorch_tanh'),
  layer_norm_eps: real(0, 1).default(1e-6),
  hidden_size: whole(1, 65536).default(768),
  intermediate_size: whole(1, 262144).default(3072),
  num_hidden_layers: whole(1, 256).default(12),
  num_attention_heads: whole(1, 256).default(12),
};

const textSchema = z
  .object({
    ...tower,
    max_position_embeddings: whole(1, 65536).default(64),
    vocab_size: whole(1, 2 ** 24).default(32000),
    projection_size: whole(1, 65536).nullish(),
  })
  .superRefine(checkHeads);

const visionSchema = z
  .object({
    ...tower,
    num_channels: z.literal(3, { error: '3' }).default(3),
    image_size: whole(1, 16384).default(224),
    patch_size: whole(1, 4096).default(16),
    vision_use_head: z.literal(true, { error: 'true: without its head a picture is no vector' }).default(true),
  })
  .superRefine(checkHeads);

const schema = z.object({
  text_config: z.record(z.string(), z.unknown()).default({}),
  vision_config: z.record(z.string(), z.unknown()).default({}),
});

/** The published fields of the text tower. */
export type SiglipTextConfig = z.infer<typeof textSchema>;
/** The published fields of the vision tower. */
export type SiglipVisionConfig = z.infer<typeof visionSchema>;

export interface SiglipConfig {
  readonly text: SiglipTextConfig;
  readonly vision: SiglipVisionConfig;
  /** Width of the space in which images and texts are compared: that of the vision tower. */
  readonly width: number;
}

/**
 * Checks the config.json of a SigLIP.
 *
 * @throws CollimateError MODEL_CONFIG
 */
export function parseSiglipConfig(value: Record<string, unknown>, file = 'config.json'): SiglipConfig {
  const config = parseConfig(schema, value, file);
  const text = parseConfig(textSchema, config.text_config, `${file}: text_config`);
  const vision = parseConfig(visionSchema, config.vision_config, `${file}: vision_config`);
  const width = text.projection_size ?? text.hidden_size;
  if (width === vision.hidden_size) return { text, vision, width };
  throw new CollimateError(
    'MODEL_CONFIG',
    `${file}: expected texts as wide as pictures, which are not projected (vision_config.hidden_size ${vision.hidden_size}), got ${width}`,
    'Use the config.json that belongs to the weights.',
  );
}

function checkHeads(
  { hidden_size: width, num_attention_heads: heads }: { hidden_size: number; num_attention_heads: number },
  context: z.RefinementCtx,
): void {
  if (width % heads === 0) return;
  const message = `a multiple of num_attention_heads = ${heads}`;
  context.addIssue({ code: 'custom', path: ['hidden_size'], message, input: width });
}
