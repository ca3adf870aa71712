// Reward functions: each weights file against the hash that its row knows it by.

import { listRewardModels } from '../../project/learning/rewards.ts';
import type { Project } from '../../project/project.ts';
import { type Fault, hashAnew, type Pause, type Piece, showPath } from './check-piece.ts';

export async function listRewardPieces(project: Project): Promise<Piece[]> {
  return (await listRewardModels(project.db)).map(({ hash }) => ({
    path: showPath(project, project.weights.blobPath(hash)),
    look: (pause) => lookAtReward(project, hash, pause),
  }));
}

async function lookAtReward({ weights }: Project, hash: string, pause: Pause): Promise<Fault | undefined> {
  if (!(await weights.hasBlob(hash)))
    return {
      state: 'missing',
      text: 'a reward function has these weights and their file is not there',
      remedy: 'Restore it from a copy, or run `collimate reward train` again, which trains it anew.',
    };
  const found = await hashAnew(await weights.fetchBlob(hash), pause);
  if (found === hash) return undefined;
  return {
    state: 'changed',
    text: `expected the hash of its name, got ${found.slice(0, 12)}`,
    remedy: 'Restore it from a copy, or delete it and run `collimate reward train` again, which trains it anew.',
  };
}
