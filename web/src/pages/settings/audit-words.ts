// What an entry of the audit log says, in words.

import { formatTime } from '../../ui/format.ts';

/** By the action as it is stored; what is not here is shown as it is. */
const ACTIONS: Readonly<Record<string, string>> = {
  'batch.close': 'opened or closed a batch',
  'batch.create': 'made a batch',
  'crowd.close': 'closed a crowd link',
  'crowd.create': 'made a crowd link',
  'crowd.enter': 'came in by a crowd link',
  'crowd.export': 'exported the hours of a crowd',
  'data.export': 'exported data',
  'data.import': 'imported data',
  'flag.resolve': 'closed a flag',
  'flag.withdraw': 'took a flag back',
  'gold.set': 'set a gold answer',
  'guidelines.write': 'wrote guidelines',
  'image.decide': 'decided an image',
  'image.flag': 'flagged an image',
  'image.remove': 'removed an image',
  'images.upload': 'added images',
  'invite.accept': 'took an invitation',
  'invite.create': 'made an invitation',
  'invite.revoke': 'withdrew an invitation',
  'job.cancel': 'cancelled a job',
  'job.start': 'started a job',
  'notice.close': 'closed a notice',
  'password.change': 'changed the password',
  'password.link': 'made a link for a new password',
  'password.reset': 'set a new password',
  'person.erase': 'erased a person',
  'person.update': 'changed an account',
  'prompt.remove': 'removed a prompt',
  'prompts.import': 'imported prompts',
  'prompts.settings': 'changed the prompts',
  'rater.exclude': 'excluded a rater, or took them in',
  'rater.pause': 'paused a rater',
  'session.failure': 'failed to sign in',
  'session.sign-in': 'signed in',
  'session.sign-out': 'signed out',
  'settings.change': 'changed settings',
  'studio.set-up': 'set the studio up',
  'study.close': 'closed a comparison',
  'study.create': 'began a comparison',
  'token.create': 'made a token',
  'token.revoke': 'revoked a token',
  'work.drop': 'gave up failed work',
  'work.retry': 'had failed work tried again',
};

export const sayAction = (action: string): string => ACTIONS[action] ?? action;

/** `{"role":"rater","usesLeft":1}` → `role rater, uses left 1`; what was left open is not told. */
export function sayDetail(detail: Readonly<Record<string, unknown>>): string {
  return Object.entries(detail)
    .filter(([, value]) => value !== null && value !== '')
    .map(([key, value]) => `${key.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)} ${sayValue(value)}`)
    .join(', ');
}

const TIME = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/;

function sayValue(value: unknown): string {
  if (typeof value === 'string' && TIME.test(value)) return formatTime(value);
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
