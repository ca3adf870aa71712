// What one endpoint takes and gives, as data: the server checks requests by it, the OpenAPI page is made from it, and
// the web app's client has its types from it.

import type { z } from 'zod';

/**
 * Who may call. `rater` and `viewer` include admins and the owner; `session` is anyone who is signed in; `admin` includes
 * the owner.
 */
export type Access = 'public' | 'session' | 'rater' | 'viewer' | 'admin' | 'owner';

export interface Operation {
  readonly access: Access;
  /** One line, imperative. */
  readonly summary: string;
  readonly tag: string;
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  /** JSON, or with `multipart` a form. */
  readonly body?: z.ZodType;
  readonly multipart?: true;
  /** JSON; absent where the answer is a file or a stream. */
  readonly response?: z.ZodType;
  /** The media type of an answer that is no JSON. */
  readonly media?: string;
}
