// What `generate` would draw.

import { describeDrawing, planDrawing } from '../../models/inference/drawing-memory.ts';
import { plural } from '../../util/text.ts';
import { BY_DRAWING, bytesOfPicture, type Foresight, freeBytes, NOT_TIMED, secondsOfDrawing } from '../foresight.ts';
import type { Session } from '../session.ts';
import { type GenerateOptions, planGenerate } from './generate.ts';
import { checkPools } from './mixing.ts';

/** @throws CollimateError USAGE where `generate` would refuse to draw beside pictures of other settings */
export async function foreseeGenerate(session: Session, options: GenerateOptions = {}): Promise<Foresight> {
  const { project } = session;
  const { device, generate } = project.config;
  const { drawings, missing, prompts, settings, model, stored } = await planGenerate(project);
  if (missing.length > 0) await checkPools(session, settings, drawings, options);
  const each = await secondsOfDrawing(project);
  const own = model.latent.own;
  const size = { width: settings.width ?? own.width, height: settings.height ?? own.height };
  const { guidanceScale, precision = 'float32', vaeTile: tile } = settings;
  const shape = {
    size,
    batch: Math.min(generate.batchSize, drawings.length),
    guided: guidanceScale > 1,
    precision,
    tile,
  };
  const there = drawings.length - missing.length;
  return {
    tasks: [
      `draw ${plural(missing.length, 'image')} of ${plural(prompts.length, 'prompt')} in ${plural(settings.steps, 'step')} each` +
        (there > 0 ? `; ${there} are there already` : ''),
      ...(device === 'cpu' ? [`memory: ${describeDrawing(planDrawing(model, shape))}`] : []),
    ],
    seconds: missing.length === 0 ? 0 : each && each * settings.steps * missing.length,
    basis: each === null ? NOT_TIMED : BY_DRAWING,
    bytes: missing.length * bytesOfPicture(project, stored, size),
    free: freeBytes(project.dir),
  };
}
