// A scorer that is trained already (`reward.scorer`): a CLIP or SigLIP whose cosine is its score, as PickScore and HPSv2 are, or an
// ONNX file. What there is, by the ending of its name; others know a scorer by this interface.

import type { Config } from '../../../project/config/config.ts';
import type { Session } from '../../session.ts';
import { openCosineScorer } from './cosine.ts';
import { openOnnxScorer } from './onnx.ts';

export interface ReadyScorer {
  /** For people. */
  readonly name: string;
  /** Of its files, and of how pictures become its input. */
  readonly hash: string;
  /** What it says of stored pictures and texts, in their order. */
  score(items: readonly ScoredItem[]): Promise<number[]>;
  dispose(): Promise<void>;
}

export interface ScoredItem {
  /** Of the picture's file. */
  readonly hash: string;
  readonly text: string;
}

/** The project's scorer; undefined where it names none. @throws CollimateError MODEL_CONFIG, WEIGHTS */
export async function openReadyScorer(session: Session): Promise<ReadyScorer | undefined> {
  const { scorer } = session.project.config.reward;
  if (scorer === 'none') return undefined;
  return isOnnx(scorer) ? openOnnxScorer(session, scorer) : openCosineScorer(session, scorer);
}

/** Whether a scorer is one file, which is asked and not learned from. */
export function isOnnx(scorer: string): boolean {
  return scorer.endsWith('.onnx');
}

/** Whether the scorer's own embeddings are what the reward function is made of. */
export function startsFromScorer({ scorer, scorerUse }: Pick<Config['reward'], 'scorer' | 'scorerUse'>): boolean {
  return scorer !== 'none' && scorerUse !== 'compare';
}
