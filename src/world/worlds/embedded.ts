// The embedded world as the method sees it: its scenes, its judge and its simulated raters behind the `World` interface.

import type { Slots } from '../../project/prompts/grammar.ts';
import { parsePrompt } from '../../project/prompts/prompt-text.ts';
import { CollimateError } from '../../util/errors.ts';
import { hashJson } from '../../util/hash.ts';
import { answerFor, openJudge } from '../judge/judge.ts';
import { JUDGE_CLASSES, JUDGE_HEADS, type JudgeHead } from '../judge/network.ts';
import { heldOutPrompts } from '../pretraining/batches.ts';
import { samplePair } from '../pretraining/captions.ts';
import { answerPair, makePairRaters, qualitiesOf } from '../raters/pair-raters.ts';
import { makeRaters, simulateAnswer } from '../raters/raters.ts';
import { SIZE } from '../scenes/canvas.ts';
import { renderScene } from '../scenes/render.ts';
import { sampleScene } from '../scenes/scene.ts';
import type { Asked, World, WorldPair, WorldPrompt } from '../world.ts';

/** What a prompt names, if all of it is in the world: its slots where it has any, else what its text parses to. */
function read({ text, slots }: WorldPrompt): Asked | undefined {
  const named = Object.keys(slots).length > 0 ? slots : parse(text);
  return named !== undefined && isAsked(named) ? { ...named } : undefined;
}

function parse(text: string): Slots | undefined {
  try {
    return parsePrompt(text);
  } catch (error) {
    if (error instanceof CollimateError && error.code === 'PROMPT') return undefined;
    throw error;
  }
}

function isAsked(named: object): boolean {
  const all = Object.entries(named).filter(([, value]) => value !== undefined);
  const isOurs = ([part, value]: [string, unknown]) =>
    part in JUDGE_CLASSES && (JUDGE_CLASSES[part as JudgeHead] as readonly string[]).includes(String(value));
  return 'count' in named && 'subject' in named && all.every(isOurs);
}

export const embedded: World = {
  name: 'embedded',
  size: { width: SIZE, height: SIZE },
  parts: JUDGE_HEADS,
  read,
  openJudge: (engine, dir) => openJudge(dir, engine),
  answer: answerFor,
  render: (asked, rng) => renderScene(sampleScene(asked as unknown as Slots, rng)),
  pairs(count, rngOf) {
    const heldOut = heldOutPrompts();
    return Array.from({ length: count }, (_, i): WorldPair => {
      const { scene, caption } = samplePair(rngOf(i), heldOut);
      return { caption, key: hashJson(scene), picture: () => renderScene(scene) };
    });
  },
  makeRaters,
  rate: simulateAnswer,
  makePairRaters,
  comparePair(rater, { pairId, question, asked, left, right }) {
    const quality = { left: qualitiesOf(asked, left)[question], right: qualitiesOf(asked, right)[question] };
    return answerPair(rater, pairId, question, quality);
  },
};
