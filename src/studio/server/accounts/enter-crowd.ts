// Somebody of a crowd platform comes in: an account without an address or a password of theirs, found again by the platform's
// identifier. Whoever knows the link and somebody's identifier can be them: it opens the rating page alone.

import { createHmac, randomBytes } from 'node:crypto';
import type { Context } from 'hono';
import {
  type CrowdLink,
  countParticipants,
  findCrowdLink,
  findParticipant,
  insertParticipant,
} from '../../../project/people/crowds.ts';
import { readOrMakeState } from '../../../project/people/studio-state.ts';
import { CollimateError } from '../../../util/errors.ts';
import { sha256 } from '../../../util/hash.ts';
import { CROWD_DOMAIN } from '../../contract/platforms.ts';
import type { User } from '../../contract/session.ts';
import type { Studio } from '../studio.ts';
import { signIn, signUp } from './sign-up.ts';

/** @throws CollimateError NOT_FOUND for no link, EXPIRED for one that is over. */
export async function requireCrowdLink(studio: Studio, token: string): Promise<CrowdLink> {
  const link = await findCrowdLink(studio.project.db, token);
  if (!link) throw new CollimateError('NOT_FOUND', 'there is no such study', 'Go back to the platform that sent you.');
  return link;
}

export interface Arrival {
  readonly participant: string;
  readonly submission: string;
}

/** Signs the participant in, and makes them a rater the first time. @throws CollimateError EXPIRED */
export async function enterCrowd(
  studio: Studio,
  context: Context,
  link: CrowdLink,
  { participant, submission }: Arrival,
): Promise<{ user: User; isNew: boolean }> {
  const { db } = studio.project;
  const key = await readOrMakeState(db, 'crowd-secret', () => randomBytes(32).toString('hex'));
  const who = sha256(`${link.id} ${participant}`);
  const email = `${who.slice(0, 32)}@${CROWD_DOMAIN}`;
  const password = createHmac('sha256', key).update(who).digest('base64url');
  if (await findParticipant(db, link.id, participant))
    return { user: await signIn(studio, context, { email, password }), isNew: false };
  if (link.closedAt !== null || link.expiresAt <= new Date().toISOString())
    throw new CollimateError('EXPIRED', 'this study is over', 'Return it on the platform that sent you.');
  if ((await countParticipants(db, link.id)) >= link.participants)
    throw new CollimateError('EXPIRED', 'enough people take part in this study', 'Return it on the platform.');
  const name = `${link.platform} ${participant.slice(-6)}`;
  const user = await signUp(studio, context, { name, email, password }, 'rater');
  await insertParticipant(db, { linkId: link.id, participant, submission, raterId: user.id });
  return { user, isNew: true };
}
