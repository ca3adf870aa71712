// Drawing and embedding with the models of a project: pictures a second, beside the yardstick.

import { chooseMaker } from '../../engine/runtime/makers.ts';
import type { Provider } from '../../engine/runtime/providers.ts';
import type { MakerName } from '../../engine/runtime/runtime.ts';
import { openClipEmbedder } from '../../models/inference/clip.ts';
import { embeddedModel } from '../../models/inference/embedded.ts';
import { type DrawnPicture, openPainter } from '../../models/inference/painter.ts';
import { openYardstick, timeBesideYardstick } from './measure.ts';

export interface DrawingBenchOptions {
  readonly pictures: number;
  readonly steps: number;
  readonly rounds: number;
  readonly provider: Provider;
  readonly threads: number;
}

export interface DrawingBench {
  readonly runtime: MakerName;
  /** With guidance, decoded. */
  readonly drawn_per_s: number;
  readonly draw_yardsticks_per_picture: number;
  readonly embedded_per_s: number;
  readonly embed_yardsticks_per_picture: number;
  readonly matmul_1024_s: number;
}

export async function benchDrawing(options: DrawingBenchOptions): Promise<DrawingBench> {
  const engine = { provider: options.provider, threads: options.threads };
  const yardstick = await openYardstick(engine);
  const painter = await openPainter(embeddedModel('sd'), { ...engine, batchSize: options.pictures });
  const clip = await openClipEmbedder(embeddedModel('clip'), engine);
  const requests = Array.from({ length: options.pictures }, (_, seed) => ({
    prompt: 'two green dogs in a city',
    seed,
  }));
  const settings = { sampler: 'dpm-solver', steps: options.steps, guidanceScale: 3 } as const;
  const drawAll = async () => {
    const pictures: DrawnPicture[] = [];
    for await (const batch of painter.draw(requests, settings)) pictures.push(...batch);
    return pictures;
  };
  const pictures = await drawAll();
  const draw = await timeBesideYardstick(drawAll, yardstick, options.rounds);
  const embed = await timeBesideYardstick(() => clip.embedImages(pictures), yardstick, options.rounds);
  await Promise.all([painter.dispose(), clip.dispose(), yardstick.dispose()]);
  return {
    runtime: (await chooseMaker(options.provider)).name,
    drawn_per_s: options.pictures / draw.seconds,
    draw_yardsticks_per_picture: draw.seconds / draw.yardstick / options.pictures,
    embedded_per_s: options.pictures / embed.seconds,
    embed_yardsticks_per_picture: embed.seconds / embed.yardstick / options.pictures,
    matmul_1024_s: draw.yardstick,
  };
}
