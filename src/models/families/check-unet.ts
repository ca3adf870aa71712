// Whether a U-Net is one that draws from text with the parts beside it; others are refused by what they are.

import { CollimateError } from '../../util/errors.ts';
import type { UnetConfig } from '../unet/config.ts';
import type { VaeConfig } from '../vae/config.ts';

interface Fit {
  readonly unet: UnetConfig;
  readonly vae: VaeConfig;
  /** Numbers of a token of the text, and whose they are. */
  readonly width: number;
  readonly encoders: string;
}

/** @throws CollimateError MODEL_CONFIG where the components do not fit together as one that draws from text. */
export function checkUnet(model: string, { unet, vae, width, encoders }: Fit): void {
  const { latent_channels: latents } = vae;
  const wanted = `${latents}, the autoencoder's latent_channels`;
  if (unet.in_channels !== latents)
    throw refuse(
      `${model}: unet: in_channels: expected ${wanted}, got ${unet.in_channels}: ${describeInputs(unet.in_channels - latents, latents)}`,
    );
  if (unet.out_channels !== latents) {
    const learned = unet.out_channels === 2 * latents ? ': a U-Net that also predicts variances is not built here' : '';
    throw refuse(`${model}: unet: out_channels: expected ${wanted}, got ${unet.out_channels}${learned}`);
  }
  if (unet.cross_attention_dim !== width)
    throw refuse(
      `${model}: unet: cross_attention_dim: expected ${width}, ${encoders}, got ${unet.cross_attention_dim}`,
      'Use the U-Net and the text encoders of one model.',
    );
}

/** What a U-Net sees beside the latents, by the channels that it has more than they have. */
function describeInputs(more: number, latents: number): string {
  if (more === latents + 1) return 'this is an inpainting model, which also sees a mask and a picture';
  if (more === latents) return 'this is a model that also sees a picture, such as InstructPix2Pix';
  if (more === 3) return 'this is an upscaler, which also sees a small picture';
  if (more === 1) return 'this is a model that also sees depth';
  return 'it belongs to another autoencoder';
}

function refuse(message: string, hint = 'Use a model that draws from text alone.'): CollimateError {
  return new CollimateError('MODEL_CONFIG', message, hint);
}
