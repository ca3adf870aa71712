// What lies in the files of a model and is not used, in words: nothing is passed over in silence.

import { plural } from '../util/text.ts';
import type { DiffusionModel } from './families/model.ts';

/** Names that a line gives of one part; the rest are counted. */
const NAMED = 3;

/**
 * One line that names the tensors of each part which nothing here uses; none where all are used.
 *
 * @throws CollimateError WEIGHTS for a damaged file
 */
export function describeUnused({ folder, unused }: Pick<DiffusionModel, 'folder' | 'unused'>): string[] {
  const names = unused();
  if (names.length === 0) return [];
  const partOf = (name: string) => name.split('.')[0]!;
  const told = [...new Set(names.map(partOf))].map((part) => {
    const own = names.filter((name) => partOf(name) === part);
    const more = own.length > NAMED ? `, and ${own.length - NAMED} more like them` : '';
    return `${own.slice(0, NAMED).join(', ')}${more}`;
  });
  return [
    `${folder}: ${plural(names.length, 'tensor')} that the model's configs have no place for, left unused: ${told.join('; ')}.`,
  ];
}
