// What the hub's refusals mean, in words.

import { HubApiError } from '@huggingface/hub';
import { CollimateError } from '../../util/errors.ts';

/** The error of an answer with this status. */
export function refuseStatus(what: string, status: number): CollimateError {
  if (status === 401 || status === 403)
    return new CollimateError(
      'HUB',
      `${what}: the hub does not let you have it (${status})`,
      'Check its name; if it is private or asks to accept a licence, do so on its page and set HF_TOKEN to a token of yours.',
    );
  if (status === 404)
    return new CollimateError(
      'HUB',
      `${what}: the hub has no such model, revision or file (404)`,
      'Check the spelling: OWNER/NAME@REVISION.',
    );
  return new CollimateError('HUB', `${what}: the hub answered ${status}`, 'Try again later.');
}

/** Whatever a call of @huggingface/hub threw, as an error for people. */
export function toHubError(what: string, endpoint: string, error: unknown): unknown {
  if (error instanceof HubApiError) return refuseStatus(what, error.statusCode);
  if (error instanceof CollimateError) return error;
  const { message, cause } = error as Error;
  // fetch hides the reason in the cause.
  const reason = message === 'fetch failed' && cause instanceof Error ? cause.message || String(cause) : message;
  return new CollimateError(
    'HUB',
    `${what}: ${endpoint} cannot be asked (${reason})`,
    'Check the connection and HF_ENDPOINT; with HF_HUB_OFFLINE=1 what has been fetched before is used.',
    { cause: error },
  );
}
