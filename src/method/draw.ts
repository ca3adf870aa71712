// One picture, or a few, of a prompt that is nowhere stored: to try a model, not to feed a stage.

import { chooseEngine } from '../models/inference/device.ts';
import { drawSettings, openPainter } from '../models/inference/painter.ts';
import { encodePng } from '../pictures/image.ts';
import type { Config } from '../project/config/config.ts';
import { throwIfInterrupted } from '../util/interrupt.ts';
import type { Progress } from '../util/progress.ts';
import type { StrengthenedModel } from './lora-strength.ts';

export interface PromptJob {
  readonly prompt: string;
  /** Of the first picture; the others count on from it. */
  readonly seed: number;
  readonly count: number;
  /** A pipeline, and other weights for its U-Net where a checkpoint draws. */
  readonly model: StrengthenedModel;
  readonly config: Pick<Config, 'generate' | 'device' | 'threads'>;
}

export interface DrawnFile {
  readonly seed: number;
  readonly width: number;
  readonly height: number;
  /** With how it was drawn as text inside. */
  readonly png: Buffer;
}

/**
 * Draws a prompt by the drawing settings of the configuration, each picture handed over as soon as it is done.
 *
 * @throws CollimateError CONFIG for a size that the model cannot draw, WEIGHTS, INTERRUPTED
 */
export async function* drawPrompt(
  { prompt, seed, count, model, config }: PromptJob,
  { progress, signal }: { readonly progress: Progress; readonly signal: AbortSignal },
): AsyncGenerator<DrawnFile> {
  const engine = await chooseEngine(config, progress.note);
  const { batchSize, steps } = config.generate;
  const detail = (text: string) => progress.detail?.(text);
  const options = { ...engine, batchSize: Math.min(batchSize, count), note: progress.note, detail };
  const { pipeline, unet, strength } = model;
  const painter = await openPainter(pipeline, { ...options, ...(unet !== undefined && { unet, strength }) });
  try {
    const settings = drawSettings(config.generate, pipeline);
    const requests = Array.from({ length: count }, (_, i) => ({ prompt, seed: seed + i }));
    progress.stage('draw', count * steps);
    let done = 0;
    const tick = (pictures: number) => progress.tick(Math.round(pictures * steps));
    const onStep = (share: number) => tick(done + share * Math.min(options.batchSize, count - done));
    for await (const pictures of painter.draw(requests, settings, { signal, onStep })) {
      for (const { index, rgb, width, height, parameters } of pictures)
        yield { seed: seed + index, width, height, png: await encodePng(rgb, width, height, parameters) };
      done += pictures.length;
      tick(done);
      throwIfInterrupted(signal);
    }
    progress.done();
  } finally {
    await painter.dispose();
  }
}
