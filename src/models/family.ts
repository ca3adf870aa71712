// Which kind of model a folder holds, told before anything of it is read: other families, and models of this one that see
// more than a prompt, are refused by their names.

import { CollimateError } from '../util/errors.ts';
import type { ComponentConfigs } from './declare.ts';

const ONLY = 'Stable Diffusion 1.x and 2.x that draw from text are supported.';

/** Pipelines by diffusers' class names. The first that fits is told. */
const FAMILIES: readonly (readonly [name: RegExp, words: string])[] = [
  [/^StableDiffusionXL/, 'Stable Diffusion XL'],
  [/^StableDiffusion3/, 'Stable Diffusion 3'],
  [/^Flux/, 'FLUX'],
  [/^PixArt/, 'PixArt'],
  [/^Kandinsky/, 'Kandinsky'],
  [/^IF/, 'DeepFloyd IF'],
  [/^(StableCascade|Wuerstchen)/, 'Stable Cascade'],
  [/^StableVideoDiffusion/, 'Stable Video Diffusion'],
  [/^AltDiffusion/, 'AltDiffusion, which has another text encoder'],
  [/^LatentConsistencyModel/, 'a latent consistency model, whose U-Net is told the guidance'],
  [/Inpaint/, 'an inpainting model, whose U-Net also sees a mask and a picture'],
  [/InstructPix2Pix/, 'InstructPix2Pix, whose U-Net also sees a picture'],
  [/Upscale/, 'an upscaler, whose U-Net also sees a small picture'],
  [/Depth2Img/, 'a model that also sees depth'],
  [/ImageVariation|UnCLIP/, 'a model that draws from pictures'],
  [/ControlNet|Adapter/, 'a model with a network for conditions beside it'],
  [/GLIGEN/, 'GLIGEN, whose U-Net also sees boxes'],
  [/LDM3D/, 'a model that also draws depth'],
  [
    /^(Sana|AuraFlow|Hunyuan|Lumina|CogView|CogVideo|Wan|QwenImage|Chroma|HiDream|OmniGen|LTX|Mochi)/,
    'a diffusion transformer',
  ],
];

/** @throws CollimateError MODEL_CONFIG where a model_index.json is that of another family, or names no class. */
export function checkFamily(index: string, listed: Readonly<Record<string, unknown>>): void {
  const name = listed._class_name;
  if (name === undefined) return;
  if (typeof name !== 'string')
    throw refuse(`${index}: _class_name: expected StableDiffusionPipeline, got ${JSON.stringify(name)}`);
  const words = FAMILIES.find(([pattern]) => pattern.test(name))?.[1];
  if (words) throw refuse(`${index}: _class_name: expected StableDiffusionPipeline, got "${name}": this is ${words}`);
}

/** What a U-Net sees beside the latents, by the channels that it has more than they have. */
function describeInputs(more: number, latents: number): string {
  if (more === latents + 1) return 'this is an inpainting model, which also sees a mask and a picture';
  if (more === latents) return 'this is a model that also sees a picture, such as InstructPix2Pix';
  if (more === 3) return 'this is an upscaler, which also sees a small picture';
  if (more === 1) return 'this is a model that also sees depth';
  return 'it belongs to another autoencoder';
}

/** @throws CollimateError MODEL_CONFIG where the components do not fit together as one that draws from text. */
export function checkFit(model: string, { unet, vae, text }: ComponentConfigs): void {
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
  for (const name of ['in_channels', 'out_channels'] as const)
    if (vae[name] !== 3) throw refuse(`${model}: vae: ${name}: expected 3, red, green and blue, got ${vae[name]}`);
  if (unet.cross_attention_dim !== text.hidden_size)
    throw refuse(
      `${model}: unet: cross_attention_dim: expected ${text.hidden_size}, the text encoder's hidden_size, got ${unet.cross_attention_dim}`,
      'Use the U-Net and the text encoder of one model.',
    );
}

function refuse(message: string, hint = ONLY): CollimateError {
  return new CollimateError('MODEL_CONFIG', message, hint);
}
