// What went wrong with a request, in words for people.

/** A request that the server refused, or that never reached it (`status` 0). */
export class ApiFailure extends Error {
  readonly status: number;
  readonly code: string;
  readonly hint: string;

  constructor(status: number, code: string, message: string, hint: string) {
    super(message);
    this.name = 'ApiFailure';
    this.status = status;
    this.code = code;
    this.hint = hint;
  }
}

/** The message and what to do next, of whatever was thrown. */
export function describeFailure(error: unknown): { message: string; hint: string } {
  if (error instanceof ApiFailure) return { message: error.message, hint: error.hint };
  return {
    message: `The page met a defect: ${error instanceof Error ? error.message : String(error)}.`,
    hint: 'Load the page again. If it comes back, report it with this message.',
  };
}
