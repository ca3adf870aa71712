// Whether pictures may be drawn beside those that are there: all that a model drew for feedback are rated and learned from
// together, so other settings have to be asked for.

import { listConfigKeys } from '../../project/config/config-keys.ts';
import { type ImageRecipe, imageId, listImages } from '../../project/images/images.ts';
import {
  type Drawing,
  describeDifference,
  drawnAlike,
  listPools,
  type Pool,
  WAYS,
} from '../../project/images/pools.ts';
import { CollimateError } from '../../util/errors.ts';
import { plural } from '../../util/text.ts';
import type { Session } from '../session.ts';

/**
 * Tells of pictures that are there and are no part of what is drawn.
 *
 * @throws CollimateError USAGE where all of them were drawn with other settings, and mixing was not asked for.
 */
export async function checkPools(
  { project: { db }, progress }: Session,
  settings: Drawing,
  drawings: readonly ImageRecipe[],
  { mix = false }: { readonly mix?: boolean },
): Promise<void> {
  const { modelHash } = drawings[0]!;
  const pools = await listPools(db, 'feedback', modelHash);
  const difference = describeDifference(pools, settings);
  const own = pools.some((pool) => drawnAlike(pool, settings));
  if (difference && !own && !mix)
    throw new CollimateError(
      'USAGE',
      `generate: ${difference}`,
      `Give \`${describeFlags(pools[0]!, settings)}\` to go on with those, or --mix to have both kinds rated and learned from.`,
    );
  if (difference) progress.note(`${difference}. All of them are rated and learned from.`);
  const planned = new Set(drawings.map(imageId));
  const stored = await listImages(db, { purpose: 'feedback', modelHash });
  const others = stored.filter((image) => drawnAlike(image, settings) && !planned.has(image.id)).length;
  if (others > 0)
    progress.note(
      `${plural(others, 'picture that is there has', 'pictures that are there have')} other prompts or seeds; what is rated and learned from includes ${others === 1 ? 'it' : 'them'}.`,
    );
}

/** What is meant where a drawing does not say. */
const UNSAID = {
  sampler: '',
  steps: 0,
  guidanceScale: 0,
  negativePrompt: '',
  width: 0,
  height: 0,
  precision: 'float32',
  vaeTile: 0,
};

/** The flags that draw as a pool was drawn, where the settings are others. */
function describeFlags(pool: Pool, settings: Drawing): string {
  return WAYS.filter((name) => (pool[name] || UNSAID[name]) !== (settings[name] || UNSAID[name]))
    .map((name) => {
      const { flag } = listConfigKeys().find(({ path }) => path === `generate.${name}`)!;
      const value = pool[name] ?? UNSAID[name];
      return `--${flag} ${typeof value === 'string' && /[^a-z-]|^$/i.test(value) ? JSON.stringify(value) : value}`;
    })
    .join(' ');
}
