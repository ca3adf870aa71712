// The judges as data: what each may say, its network, and what it learns from.

import type { Random } from '../../util/random.ts';
import { type Scenery, scenery, secondScenery } from '../scenes/scenery.ts';
import { classesOf, type JudgeClasses, MIXED, MORE, NONE, UNCLEAR } from './classes.ts';
import { type Example, firstExample } from './examples.ts';
import { lookingExample } from './looking-examples.ts';
import { blocksNetwork, type JudgeNetwork, placesNetwork } from './network.ts';

export interface JudgeDesign {
  /** The name of its training, and of its folder among the models of its world. */
  readonly name: string;
  /** The folder of its weights among the models that ship. */
  readonly folder: string;
  readonly scenery: Scenery;
  readonly classes: JudgeClasses;
  readonly network: JudgeNetwork;
  /** One example to learn from. */
  readonly example: (design: JudgeDesign, rng: Random) => Example;
}

const blind = [UNCLEAR];
const CLASSES = classesOf(scenery, { count: blind, color: blind, subject: blind, background: blind });

/** The judge of the first world, to which an empty place is unclear. */
export const JUDGE: JudgeDesign = {
  name: 'judge',
  folder: 'judge',
  scenery: scenery,
  classes: CLASSES,
  network: placesNetwork(160),
  example: firstExample,
};

const looks = [NONE, MIXED, UNCLEAR];
const LOOKING_CLASSES = classesOf(secondScenery, {
  count: [NONE, MORE, UNCLEAR],
  color: looks,
  subject: looks,
  background: [UNCLEAR],
});

/** The judge of the second world: what simulated raters see. */
export const LOOKING_JUDGE: JudgeDesign = {
  name: 'judge',
  folder: 'embedded-2/judge',
  scenery: secondScenery,
  classes: LOOKING_CLASSES,
  network: placesNetwork(128),
  example: lookingExample,
};

/** The second world's other judge, which only evaluates: no rater and no reward ever saw with its eyes. */
export const EVALUATING_JUDGE: JudgeDesign = {
  ...LOOKING_JUDGE,
  name: 'judge-2',
  folder: 'embedded-2/judge-2',
  network: blocksNetwork,
};
