// A world of scenes as data: its words, and how each of them looks. What draws, judges and captions takes one of these.

import type { Grammar } from '../../project/prompts/grammar.ts';
import { secondGrammar, worldGrammar } from '../../project/prompts/world-grammar.ts';
import { BACKGROUNDS, FEET, type PlacePainter, SIZE } from './backgrounds.ts';
import { COLOR_TONES, type ColorTones, NINE_COLORS } from './palette.ts';
import { PLACES, SIDE, STAND } from './places.ts';
import { ANIMALS, type Sprite, SUBJECTS } from './sprites.ts';

export interface Scenery {
  /** As `world` of the configuration names it. */
  readonly name: string;
  /** Width and height of its pictures. */
  readonly size: number;
  readonly grammar: Grammar;
  readonly sprites: ReadonlyMap<string, Sprite>;
  readonly colors: ReadonlyMap<string, ColorTones>;
  readonly places: ReadonlyMap<string, PlacePainter>;
  /** The first row that is ground in every place: subjects stand there or lower. */
  readonly feet: number;
}

/** 48×48 pixels: twelve subjects, nine colors, eight places, one to five subjects in a picture. */
export const secondScenery: Scenery = {
  name: 'embedded-2',
  size: SIDE,
  grammar: secondGrammar,
  sprites: SUBJECTS,
  colors: NINE_COLORS,
  places: PLACES,
  feet: STAND,
};

/** The world of the first releases, 32×32 pixels: six animals, six colors, five places, one to four in a picture. */
export const scenery: Scenery = {
  name: 'embedded',
  size: SIZE,
  grammar: worldGrammar,
  sprites: ANIMALS,
  colors: COLOR_TONES,
  places: BACKGROUNDS,
  feet: FEET,
};
