// What the U-Net's stages train: the U-Net on the words of a text encoder, which learns along where the recipe says so.

import { join } from 'node:path';
import { input, type Tensor } from '../../engine/graph/tensor.ts';
import { constantParams, declareParams, initParams, type ParamSpec, type Params } from '../../engine/nn/params.ts';
import { parseClipTextConfig } from '../../models/clip/config.ts';
import { clipTextHidden } from '../../models/clip/text.ts';
import { parseUnetConfig } from '../../models/unet/config.ts';
import { unet } from '../../models/unet/unet.ts';
import type { Random } from '../../util/random.ts';
import type { Recipe } from './recipe.ts';
import { publish, readJson, readTrained, type StageWeights } from './stage.ts';

const UNET_FILE = 'diffusion_pytorch_model.safetensors';

export interface WordedUnet {
  /** Of what learns: the U-Net's, and behind them the text encoder's where it does. */
  readonly specs: readonly ParamSpec[];
  /** The published text encoder, and the published U-Net or one at random. */
  start(unetAt: 'published' | ((name: string) => Random)): Float32Array;
  /** @param ids [B, length]; the result is [B, 4, side, side] */
  predict(p: Params, latents: Tensor, timesteps: Tensor, ids: Tensor): Tensor;
  /** Writes what learned to its folders. */
  publish(weights: StageWeights): void;
}

/** @param folder the pipeline's, with a text encoder in it */
export function openWordedUnet(folder: string, { configs, unet: { textLearns } }: Recipe, length: number): WordedUnet {
  const [unetFolder, textFolder] = [join(folder, 'unet'), join(folder, 'text_encoder')];
  const textPublished = readJson(join(textFolder, 'config.json'));
  const [config, textConfig] = [parseUnetConfig(configs.unet), parseClipTextConfig(textPublished)];
  const { in_channels: channels, sample_size: side, cross_attention_dim: width } = configs.unet;
  const unetSpecs = declareParams((p) =>
    unet(p, config, input('latents', [1, channels, side, side]), input('t', [1]), input('context', [1, length, width])),
  );
  const textSpecs = declareParams((p) => clipTextHidden(p, textConfig, input('ids', [1, length], 'int32')));
  const text = readTrained(textFolder, textSpecs);
  return {
    specs: textLearns ? [...unetSpecs, ...textSpecs] : unetSpecs,
    start(at) {
      const network = at === 'published' ? readTrained(unetFolder, unetSpecs) : initParams(unetSpecs, at);
      return textLearns ? Float32Array.from([...network, ...text]) : network;
    },
    predict(p, latents, timesteps, ids) {
      const context = clipTextHidden(textLearns ? p : constantParams(textSpecs, text), textConfig, ids);
      return unet(p, config, latents, timesteps, context);
    },
    publish(weights) {
      const pick = (specs: readonly ParamSpec[]) => new Map(specs.map(({ name }) => [name, weights.get(name)!]));
      if (textLearns) publish(textFolder, 'model.safetensors', textPublished, pick(textSpecs));
      publish(unetFolder, UNET_FILE, configs.unet, pick(unetSpecs));
    },
  };
}
