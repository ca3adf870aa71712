// Which family a folder holds, told before anything else of it is read. What is not built here is refused by its own name.

import { CollimateError } from '../../util/errors.ts';
import type { DiffusionModel, Family, RawConfig } from './model.ts';
import { STABLE_DIFFUSION_3 } from './sd3.ts';
import { STABLE_DIFFUSION_XL } from './sdxl.ts';
import { STABLE_DIFFUSION } from './stable-diffusion.ts';

/** All families, by the `_class_name` of model_index.json. */
export const FAMILIES: ReadonlyMap<string, Family> = new Map(
  [STABLE_DIFFUSION, STABLE_DIFFUSION_XL, STABLE_DIFFUSION_3].map((family) => [family.className, family]),
);

/** What folders of the component that denoises are called. */
export const DENOISER_FOLDERS: ReadonlySet<string> = new Set(['unet', 'transformer']);

/** Other pipelines by diffusers' class names. The first that fits is told. */
const STRANGERS: readonly (readonly [name: RegExp, words: string])[] = [
  [/Inpaint/, 'an inpainting model, whose network also sees a mask and a picture'],
  [/InstructPix2Pix/, 'InstructPix2Pix, whose U-Net also sees a picture'],
  [/Upscale/, 'an upscaler, whose U-Net also sees a small picture'],
  [/Depth2Img/, 'a model that also sees depth'],
  [/ImageVariation|UnCLIP/, 'a model that draws from pictures'],
  [/ControlNet|Adapter/, 'a model with a network for conditions beside it'],
  [/GLIGEN/, 'GLIGEN, whose U-Net also sees boxes'],
  [/LDM3D/, 'a model that also draws depth'],
  [/^Flux/, 'FLUX'],
  [/^PixArt/, 'PixArt'],
  [/^Kandinsky/, 'Kandinsky'],
  [/^Kolors/, 'Kolors, whose text encoder is ChatGLM'],
  [/^IF/, 'DeepFloyd IF'],
  [/^(StableCascade|Wuerstchen)/, 'Stable Cascade'],
  [/^StableVideoDiffusion/, 'Stable Video Diffusion'],
  [/^AltDiffusion/, 'AltDiffusion, which has another text encoder'],
  [/^LatentConsistencyModel/, 'a latent consistency model, whose U-Net is told the guidance'],
  [
    /^(Sana|AuraFlow|Hunyuan|Lumina|CogView|CogVideo|Wan|QwenImage|ZImage|Chroma|HiDream|OmniGen|LTX|Mochi|Bria|Cosmos)/,
    'a diffusion transformer of another family',
  ],
  [/^StableDiffusion(XL|3)/, 'another pipeline around that family'],
  [/Onnx/, 'a model exported to ONNX, without weights to learn'],
  [/Modular/, 'a pipeline put together from modules'],
  [/Audio|Music|Spectrogram|^(AceStep|DanceDiffusion)/, 'a model of sounds'],
  [
    /Video|^(Animat|PIA|I2VGen|Allegro|Latte|ConsisID|ChronoEdit|SkyReels|Helios|LucyEdit|AnyFlow|EasyAnimate)/,
    'a model of videos',
  ],
  [/^(Marigold|ShapE|RFD)/, 'a model of depth, shapes or structures'],
  [/^(LLaDA|DiffusionGemma)/, 'a model of texts'],
  [/^(PaintByExample|BlipDiffusion|VisualCloze|JoyImage)/, 'a model that draws from pictures'],
  [
    /^(DiT|Amused|DreamLite|ErnieImage|GlmImage|Ideogram|Krea|LongCatImage|NucleusMoE|OvisImage|PRX|UniDiffuser|VersatileDiffusion|VQDiffusion)/,
    'a model of another family',
  ],
  [/^(DDIM|DDPM|PNDM|LDM|KarrasVe|ScoreSdeVe|RePaint|ConsistencyModel)/, 'an older model of another kind'],
];

/** Pipelines that have the parts of one of ours and use them otherwise: they draw from text as well. */
const ALIKE: Readonly<Record<string, Family>> = {
  StableDiffusionXLImg2ImgPipeline: STABLE_DIFFUSION_XL,
  StableDiffusionXLPAGPipeline: STABLE_DIFFUSION_XL,
  StableDiffusionXLPAGImg2ImgPipeline: STABLE_DIFFUSION_XL,
  StableDiffusion3Img2ImgPipeline: STABLE_DIFFUSION_3,
  StableDiffusion3PAGPipeline: STABLE_DIFFUSION_3,
  StableDiffusion3PAGImg2ImgPipeline: STABLE_DIFFUSION_3,
};

/** For people: what is built here. */
export const SUPPORTED = `${[...FAMILIES.values()].map(({ words }) => words).join(', ')} that draw from text are supported.`;

/**
 * The family of a model_index.json; one that names no class is Stable Diffusion 1.x, as in the oldest files, and one that
 * nobody knows is taken for it and judged by its parts.
 *
 * @throws CollimateError MODEL_CONFIG where it is another family's.
 */
export function findFamily(index: string, listed: RawConfig): Family {
  const { _class_name: name } = listed;
  if (name === undefined) return STABLE_DIFFUSION;
  const expected = [...FAMILIES.keys()].join(', ');
  const refuse = (words: string) =>
    new CollimateError('MODEL_CONFIG', `${index}: _class_name: expected ${expected}, got ${words}`, SUPPORTED);
  if (typeof name !== 'string') throw refuse(JSON.stringify(name));
  const family = FAMILIES.get(name) ?? (Object.hasOwn(ALIKE, name) ? ALIKE[name] : undefined);
  if (family) return family;
  const words = STRANGERS.find(([pattern]) => pattern.test(name))?.[1];
  if (words) throw refuse(`"${name}": this is ${words}`);
  return STABLE_DIFFUSION;
}

/** What people should know of a model that calls itself otherwise than its family does. */
export function describeClass({ family, index }: Pick<DiffusionModel, 'family' | 'index'>): string[] {
  const name = index._class_name;
  if (name === undefined || name === family.className) return [];
  return [
    `The model calls itself ${String(name)}; its parts are used as those of ${family.className}, and nothing else that this pipeline does.`,
  ];
}

/**
 * The components of a family that a model_index.json lists, in the family's order.
 *
 * @throws CollimateError MODEL_CONFIG where one is missing or of another class.
 */
export function listComponents(index: string, listed: RawConfig, { parts, words, className }: Family): string[] {
  return Object.entries(parts).flatMap(([component, { className: expected, optional }]) => {
    const entry = listed[component];
    const name: unknown = Array.isArray(entry) ? entry[1] : undefined;
    if (name === expected) return [component];
    if (optional && name == null) return [];
    const whole = listed._class_name;
    const of = whole === undefined || whole === className ? '' : ` (its _class_name is ${String(whole)})`;
    throw new CollimateError(
      'MODEL_CONFIG',
      `${index}: ${component}: expected ${expected}, got ${name == null ? 'nothing' : JSON.stringify(name)}${of}`,
      `Use a ${words} model.`,
    );
  });
}
