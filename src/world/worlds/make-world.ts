// A world of scenes as the method sees it: its scenes, its judges and its simulated raters behind the `World` interface.

import type { Slots } from '../../project/prompts/grammar.ts';
import { parsePrompt } from '../../project/prompts/prompt-text.ts';
import { CollimateError } from '../../util/errors.ts';
import { hashJson } from '../../util/hash.ts';
import { classesOf, JUDGE_HEADS, type JudgeHead } from '../judge/classes.ts';
import type { JudgeDesign } from '../judge/designs.ts';
import { answerFor, openJudge, type Surety } from '../judge/judge.ts';
import { type Captioning, samplePair } from '../pretraining/captions.ts';
import { answerPair, makePairRaters, qualitiesOf } from '../raters/pair-raters.ts';
import { makeRaters } from '../raters/raters.ts';
import { renderScene } from '../scenes/render.ts';
import { sampleScene } from '../scenes/scene.ts';
import type { Scenery } from '../scenes/scenery.ts';
import type { Asked, World, WorldPair, WorldPrompt } from '../world.ts';

export interface WorldParts {
  readonly scenery: Scenery;
  readonly judge: JudgeDesign;
  readonly evaluator?: JudgeDesign;
  /** How pre-training pairs are captioned. */
  readonly captioning: () => Captioning;
  readonly rate: World['rate'];
  /** How sure a judge must be of its answers; by default a part is what it is more likely than not. */
  readonly surety?: Surety;
}

/** The world of some parts. */
export function makeWorld({ scenery, judge, evaluator, captioning, rate, surety }: WorldParts): World {
  const { grammar, size } = scenery;
  const names = classesOf(scenery, { count: [], color: [], subject: [], background: [] });
  const isOurs = ([part, value]: [string, unknown]) =>
    part in names && names[part as JudgeHead].includes(String(value));
  /** What a prompt names, if all of it is in the world: its slots where it has any, else what its text parses to. */
  const read = ({ text, slots }: WorldPrompt): Asked | undefined => {
    const named = Object.keys(slots).length > 0 ? slots : parse(text, scenery);
    if (named === undefined || !('count' in named) || !('subject' in named)) return undefined;
    const all = Object.entries(named).filter(([, value]) => value !== undefined);
    return all.every(isOurs) ? { ...named } : undefined;
  };
  return {
    name: scenery.name,
    size: { width: size, height: size },
    parts: JUDGE_HEADS,
    read,
    openJudge: (engine, dir) => openJudge(dir, engine, judge),
    ...(evaluator && { openEvaluator: (engine) => openJudge(undefined, engine, evaluator) }),
    answer: (asked, seen) => answerFor(asked, seen, surety),
    render: (asked, rng) => renderScene(sampleScene(asked as unknown as Slots, rng, grammar), scenery),
    pairs(count, rngOf) {
      const how = captioning();
      return Array.from({ length: count }, (_, i): WorldPair => {
        const { scene, caption } = samplePair(how, rngOf(i));
        return { caption, key: hashJson(scene), picture: () => renderScene(scene, scenery) };
      });
    },
    makeRaters,
    rate,
    makePairRaters,
    comparePair(rater, { pairId, question, asked, left, right }) {
      const quality = { left: qualitiesOf(asked, left)[question], right: qualitiesOf(asked, right)[question] };
      return answerPair(rater, pairId, question, quality);
    },
    compareSets(rater, { pairId, question, asked, left, right }) {
      const quality = (set: typeof left) =>
        set.reduce((sum, seen) => sum + qualitiesOf(asked, seen)[question], 0) / set.length;
      return answerPair(rater, pairId, question, { left: quality(left), right: quality(right) });
    },
  };
}

function parse(text: string, { grammar }: Scenery): Slots | undefined {
  try {
    return parsePrompt(text, grammar);
  } catch (error) {
    if (error instanceof CollimateError && error.code === 'PROMPT') return undefined;
    throw error;
  }
}
