// The autoencoder against its references, as it is published: without the scale of the network's latents.

import { input } from '../../engine/graph/tensor.ts';
import type { DiffusionModel } from '../../models/families/model.ts';
import { parseVaeConfig } from '../../models/vae/config.ts';
import { vaeDecode } from '../../models/vae/decoder.ts';
import { vaeEncode } from '../../models/vae/encoder.ts';
import { compareTensors, type TensorComparison } from './compare.ts';
import { evaluateOutputs, prepare } from './evaluate-outputs.ts';
import type { Golden } from './golden.ts';

/** Compares both directions, and the picture at the end of DDIM where there is one. */
export async function* checkVae(model: DiffusionModel, golden: Golden): AsyncGenerator<TensorComparison> {
  const parameters = model.parameters('vae');
  const config = parseVaeConfig(model.raw.vae!);
  const pixels = golden.tensor('pixels');
  const encoded = await evaluateOutputs(
    (p) => ({ ...vaeEncode(p, config, input('pixels', pixels.shape)) }),
    parameters,
    { pixels: golden.floats('pixels') },
    'vae',
  );
  yield compareTensors('sd.vae_mean', encoded.mean!, golden.tensor('vae_mean'));
  yield compareTensors('sd.vae_logvar', encoded.logvar!, golden.tensor('vae_logvar'));
  const images = golden.tensor('vae_decoded').shape[0]!;
  const shape = [images, ...golden.tensor('latents').shape.slice(1)];
  const decoder = await prepare((p) => ({ image: vaeDecode(p, config, input('latents', shape)) }), parameters, 'vae');
  const decode = async (values: Float32Array) => (await decoder.run({ latents: values })).image!;
  const all = golden.floats('latents');
  const some = all.slice(0, (all.length / golden.tensor('latents').shape[0]!) * images);
  yield compareTensors('sd.vae_decoded', await decode(some), golden.tensor('vae_decoded'));
  if (golden.names.includes('ddim.image'))
    yield compareTensors('sd.ddim.image', await decode(golden.floats('ddim.final')), golden.tensor('ddim.image'));
  await decoder.dispose();
}
