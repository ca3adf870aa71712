// What `generate` would draw.

import { plural } from '../../util/text.ts';
import { BY_DRAWING, bytesOfPicture, type Foresight, freeBytes, NOT_TIMED, secondsOfDrawing } from '../foresight.ts';
import type { Session } from '../session.ts';
import { planGenerate } from './generate.ts';

export async function foreseeGenerate({ project }: Session): Promise<Foresight> {
  const { drawings, missing, prompts, settings, model, stored } = await planGenerate(project);
  const each = await secondsOfDrawing(project);
  const own = model.latent.own;
  const size = { width: settings.width ?? own.width, height: settings.height ?? own.height };
  const there = drawings.length - missing.length;
  return {
    tasks: [
      `draw ${plural(missing.length, 'image')} of ${plural(prompts.length, 'prompt')} in ${plural(settings.steps, 'step')} each` +
        (there > 0 ? `; ${there} are there already` : ''),
    ],
    seconds: missing.length === 0 ? 0 : each && each * settings.steps * missing.length,
    basis: each === null ? NOT_TIMED : BY_DRAWING,
    bytes: missing.length * bytesOfPicture(project, stored, size),
    free: freeBytes(project.dir),
  };
}
