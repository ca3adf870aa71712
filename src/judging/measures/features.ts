// Features of pictures by a network that the user supplies, such as Inception v3 for the FID that papers give.

import { openModelFile } from '../../engine/runtime/node/model-file.ts';
import type { RgbImage } from '../../models/clip/resample.ts';
import type { EngineOptions } from '../../models/inference/device.ts';
import { CollimateError } from '../../util/errors.ts';
import { hashFilesOnce } from '../../util/file-hashes.ts';
import { featureConfigSchema, prepareInput, readNetworkConfig } from './network-config.ts';

export interface FeatureNetwork {
  /** As the config names it. */
  readonly name: string;
  /** SHA-256 of the ONNX file. */
  readonly hash: string;
  /** One vector a picture. */
  extract(pictures: readonly RgbImage[]): Promise<Float32Array[]>;
  dispose(): Promise<void>;
}

/**
 * Opens the network of a config file.
 *
 * @throws CollimateError CONFIG, WEIGHTS; SHAPE where the network takes other input or has no such output.
 */
export async function openFeatureNetwork(configPath: string, engine: EngineOptions = {}): Promise<FeatureNetwork> {
  const { model, name, input, output } = readNetworkConfig(configPath, featureConfigSchema);
  const network = await openModelFile(model, engine);
  return {
    name,
    hash: hashFilesOnce(network.files),
    async extract(pictures) {
      const features: Float32Array[] = [];
      for (const picture of pictures) {
        const results = await network.run({ [input.name]: prepareInput(picture, input).tensor });
        const found = results[output];
        if (!(found?.data instanceof Float32Array))
          throw new CollimateError(
            'SHAPE',
            `${model}: expected float32 output ${output}, got ${found ? 'another type' : network.outputs.join(', ')}`,
            'Name an output of the network in its config.',
          );
        features.push(found.data.slice());
      }
      return features;
    },
    dispose: () => network.dispose(),
  };
}
