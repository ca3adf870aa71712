// Errors that reach a user. Each says who speaks, what was expected, what came, and what to do next.
// The command line prints `message` and `hint` and exits with `exitCode`; anything else is a defect of ours.

/** Stable identifiers of the errors that a user can meet. */
export type ErrorCode =
  | 'USAGE'
  | 'CONFIG'
  | 'SHAPE'
  | 'WEIGHTS'
  | 'MODEL_CONFIG'
  | 'PROVIDER'
  | 'NON_FINITE'
  | 'STORAGE'
  | 'DISK_FULL'
  | 'LOCKED'
  | 'PROMPT'
  | 'MISSING_STAGE'
  | 'MISMATCH'
  | 'HUB'
  | 'INTERRUPTED'
  | 'UNAUTHORIZED'
  | 'FORBIDDEN'
  | 'NOT_FOUND'
  | 'EXPIRED'
  | 'TOO_LARGE'
  | 'TOO_MANY'
  | 'UNAVAILABLE'
  | 'WORK';

const EXIT_CODES: Partial<Record<ErrorCode, number>> = { USAGE: 2, CONFIG: 2, INTERRUPTED: 130 };

/**
 * An error made for people.
 *
 * @example
 * throw new CollimateError('WEIGHTS', 'unet: expected conv_in.weight [16, 4, 3, 3], got [16, 4, 1, 1]', 'Use the config.json that belongs to these weights.');
 */
export class CollimateError extends Error {
  readonly code: ErrorCode;
  /** What to do next, one sentence. */
  readonly hint: string;
  /** Seconds after which the same may succeed, where that is known. */
  readonly retryAfter?: number;

  constructor(code: ErrorCode, message: string, hint = '', options?: ErrorOptions & { retryAfter?: number }) {
    super(message, options);
    this.name = 'CollimateError';
    this.code = code;
    this.hint = hint;
    if (options?.retryAfter !== undefined) this.retryAfter = options.retryAfter;
  }

  /** 1 failed, 2 misuse, 130 interrupted. */
  get exitCode(): number {
    return EXIT_CODES[this.code] ?? 1;
  }
}
