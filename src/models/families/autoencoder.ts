// The autoencoder that all families here have: diffusers' AutoencoderKL, with its scaling.

import { add, mul, sub } from '../../engine/graph/functions.ts';
import { input } from '../../engine/graph/tensor.ts';
import { declareParams, type ParamSpec } from '../../engine/nn/params.ts';
import { CollimateError } from '../../util/errors.ts';
import { latentScale, type VaeConfig, vaeReduction } from '../vae/config.ts';
import { vaeDecode } from '../vae/decoder.ts';
import { vaeEncode } from '../vae/encoder.ts';
import type { Design, PartClass, PictureSize } from './model.ts';

export const AUTOENCODER: PartClass = {
  library: 'diffusers',
  className: 'AutoencoderKL',
  weightFile: 'diffusion_pytorch_model.safetensors',
};

/** Both directions, `(z − shift)·factor` and back. */
export function codecOf(config: VaeConfig): Pick<Design, 'encode' | 'decode'> {
  const { shift, factor } = latentScale(config);
  return {
    encode(p, pixels) {
      const { mean } = vaeEncode(p, config, pixels);
      return mul(shift === 0 ? mean : sub(mean, shift), factor);
    },
    decode(p, latents) {
      const plain = mul(latents, 1 / factor);
      return vaeDecode(p, config, shift === 0 ? plain : add(plain, shift));
    },
  };
}

export function declareVae(config: VaeConfig): ParamSpec[] {
  const side = vaeReduction(config);
  return declareParams((p) => {
    vaeEncode(p, config, input('pixels', [1, config.in_channels, side, side]));
    vaeDecode(p, config, input('latents', [1, config.latent_channels, 1, 1]));
  });
}

/** The size of pictures whose latents have these sides. */
export function picturesOf(config: VaeConfig, side: number | readonly number[]): PictureSize {
  const reduction = vaeReduction(config);
  const [height, width] = typeof side === 'number' ? [side, side] : (side as [number, number]);
  return { width: width * reduction, height: height * reduction };
}

/** @throws CollimateError MODEL_CONFIG where the autoencoder's pictures are not red, green and blue. */
export function checkColors(model: string, config: VaeConfig): void {
  for (const name of ['in_channels', 'out_channels'] as const)
    if (config[name] !== 3)
      throw new CollimateError(
        'MODEL_CONFIG',
        `${model}: vae: ${name}: expected 3, red, green and blue, got ${config[name]}`,
        'Use the autoencoder that the model was published with.',
      );
}
