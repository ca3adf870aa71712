// What is to be decided, and how much was.

import { listDisputes } from '../../../method/feedback/disputes.ts';
import type { Project } from '../../../project/project.ts';
import { listDecided } from '../../../project/rating/decisions.ts';
import type { Output } from '../../contract/client.ts';

export async function readDisputes({ db }: Project, { limit }: { limit: number }): Promise<Output<'listDisputes'>> {
  const { total, disputes } = await listDisputes(db, { most: limit });
  const decided = (await listDecided(db)).length;
  const toPlain = (dispute: (typeof disputes)[number]) => ({
    ...dispute,
    reasons: [...dispute.reasons],
    answers: dispute.answers.map((answer) => ({ ...answer, words: [...answer.words] })),
    flags: [...dispute.flags],
  });
  return { total, decided, disputes: disputes.map(toPlain) };
}
