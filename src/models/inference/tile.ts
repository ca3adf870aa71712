// The tiles in which a picture is decoded: those that are asked for, or, where the whole does not fit this machine, ones of 512 pixels.

import { totalmem } from 'node:os';
import { CollimateError } from '../../util/errors.ts';
import type { DiffusionModel, PictureSize } from '../families/model.ts';
import { isTiled } from './decoder.ts';
import { planDrawing, TILE } from './drawing-memory.ts';
import type { DrawPrecision } from './painter.ts';

interface TileSettings {
  /** 0 or nothing is left to the machine's memory. */
  readonly vaeTile?: number;
  readonly guidanceScale: number;
  readonly precision?: DrawPrecision;
}

/**
 * The side of the tiles in pixels; undefined where the picture is decoded whole.
 *
 * @param memory bytes of the machine, not those that are free now: the same settings must give the same pictures tomorrow
 * @throws CollimateError CONFIG where latents cannot be cut so.
 */
export function chooseTile(
  model: DiffusionModel,
  { vaeTile = 0, guidanceScale, precision = 'float32' }: TileSettings,
  size: PictureSize,
  memory = machineMemory(),
): number | undefined {
  const tile = vaeTile || TILE;
  const step = 4 * model.latent.reduction;
  if (vaeTile % step !== 0)
    throw new CollimateError(
      'CONFIG',
      `generate.vaeTile: expected a multiple of ${step}, so that neighbours share a quarter of whole latents, got ${vaeTile}`,
      `Set it to ${Math.max(1, Math.round(vaeTile / step)) * step}, or to 0 to leave it to the machine's memory.`,
    );
  if (!isTiled(size, tile)) return undefined;
  if (vaeTile > 0) return tile;
  const whole = planDrawing(model, { size, batch: 1, guided: guidanceScale > 1, precision });
  return whole.total > memory ? tile : undefined;
}

/** Bytes of the machine, or of the container that this runs in. */
function machineMemory(): number {
  const limit = process.constrainedMemory();
  return limit > 0 ? Math.min(limit, totalmem()) : totalmem();
}
