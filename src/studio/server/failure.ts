// Errors as answers: the status of each code, and the one shape that every failure has.

import { CollimateError, type ErrorCode } from '../../util/errors.ts';
import type { Failure } from '../contract/shared.ts';

const STATUS: Readonly<Record<ErrorCode, number>> = {
  USAGE: 400,
  CONFIG: 400,
  SHAPE: 400,
  PROMPT: 400,
  WEIGHTS: 400,
  MODEL_CONFIG: 400,
  NON_FINITE: 400,
  UNAUTHORIZED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  LOCKED: 409,
  MISSING_STAGE: 409,
  MISMATCH: 409,
  INTERRUPTED: 409,
  EXPIRED: 410,
  TOO_LARGE: 413,
  TOO_MANY: 429,
  PROVIDER: 500,
  WORK: 500,
  STORAGE: 500,
  HUB: 502,
  UNAVAILABLE: 503,
  DISK_FULL: 507,
};

/** The status of an error; 500 for a defect. */
export function statusOf(error: unknown): number {
  return error instanceof CollimateError ? STATUS[error.code] : 500;
}

/** The body of a failed request. A defect keeps its words to the log. */
export function describeFailure(error: unknown): Failure {
  if (error instanceof CollimateError) return { error: { code: error.code, message: error.message, hint: error.hint } };
  return {
    error: { code: 'DEFECT', message: 'the server failed on this request', hint: 'The log of the server says more.' },
  };
}

export function notFound(what: string): CollimateError {
  return new CollimateError('NOT_FOUND', `there is no ${what}`, 'It may have been removed; load the page again.');
}
