// A typed client of the API for browsers and programs. It imports no schema at run time, only their types.

import type { z } from 'zod';
import type { Operations } from './operations.ts';
import { type OperationName, ROUTES } from './routes.ts';
import type { Failure } from './shared.ts';

/** Nothing at all fits where every key is optional. */
type Nothing = Record<never, never>;
type Needed<Key extends string, Value> = Nothing extends Value ? { [K in Key]?: Value } : { [K in Key]: Value };

type Part<Name extends OperationName, Key extends string, Result> = Operations[Name] extends {
  readonly [K in Key]: infer Schema extends z.ZodType;
}
  ? Needed<Key, z.input<Schema>> & Result
  : Result;

/** What a call of an operation takes: `params`, `query` and `body`, those that it has. */
export type Input<Name extends OperationName> = Part<Name, 'params', Part<Name, 'query', Part<Name, 'body', unknown>>>;

/** What an operation gives back. */
export type Output<Name extends OperationName> = Operations[Name] extends {
  readonly response: infer Schema extends z.ZodType;
}
  ? z.output<Schema>
  : never;

/** An answer that is no success, with the server's own words; `status` 0 where no server answered. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly hint: string;

  constructor(status: number, { code, message, hint }: Failure['error']) {
    super(message);
    this.name = 'ApiError';
    this.status = status;
    this.code = code;
    this.hint = hint;
  }
}

interface CallInput {
  params?: Record<string, unknown>;
  query?: Record<string, unknown>;
  body?: unknown;
}

export interface ClientOptions {
  /** Such as `http://127.0.0.1:4173`; empty in a page of the studio. */
  base?: string;
  /** A token for machines; a browser has its cookie. */
  token?: string;
  fetch?: typeof globalThis.fetch;
}

/** Something that calls operations by name. */
export type Call = <Name extends OperationName>(
  name: Name,
  ...input: Nothing extends Input<Name>
    ? [input?: Input<Name> | undefined, options?: CallOptions]
    : [input: Input<Name>, options?: CallOptions]
) => Promise<Output<Name>>;

export interface CallOptions {
  signal?: AbortSignal;
  /** Lets the request outlive the page. */
  keepalive?: boolean;
}

/**
 * Makes a client. A form goes as `FormData` in `body`.
 *
 * @throws ApiError, from every call that is no success.
 *
 * @example
 * const call = createClient({ base: 'http://127.0.0.1:4173', token });
 * const { images } = await call('listImages', { query: { label: 'good' } });
 */
export function createClient({ base = '', token, fetch = globalThis.fetch }: ClientOptions = {}): Call {
  const call = async (name: OperationName, input: CallInput = {}, options: CallOptions = {}) => {
    const [method] = ROUTES[name];
    const isForm = typeof FormData !== 'undefined' && input.body instanceof FormData;
    const headers: Record<string, string> = { accept: 'application/json' };
    if (token) headers.authorization = `Bearer ${token}`;
    if (input.body !== undefined && !isForm) headers['content-type'] = 'application/json';
    const init: RequestInit = { method: method.toUpperCase(), headers, ...options };
    if (input.body !== undefined) init.body = isForm ? (input.body as FormData) : JSON.stringify(input.body);
    return readAnswer(await send(() => fetch(base + formatUrl(name, input), init)));
  };
  return call as unknown as Call;
}

/** The address of an operation with its parameters filled in: for `<img src>`, downloads and `EventSource`. */
export function formatUrl(name: OperationName, { params = {}, query = {} }: Omit<CallInput, 'body'> = {}): string {
  const path = ROUTES[name][1].replace(/\{(\w+)\}/g, (_, key: string) => encodeURIComponent(String(params[key])));
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== null && value !== '');
  const search = new URLSearchParams(given.map(([key, value]): [string, string] => [key, String(value)])).toString();
  return search ? `${path}?${search}` : path;
}

async function send(request: () => Promise<Response>): Promise<Response> {
  try {
    return await request();
  } catch (error) {
    if ((error as Error).name === 'AbortError') throw error;
    throw new ApiError(0, {
      code: 'NETWORK',
      message: 'the server does not answer',
      hint: 'It is asked again by itself.',
    });
  }
}

async function readAnswer(response: Response): Promise<unknown> {
  const body = (await response.json().catch(() => undefined)) as (Failure & Record<string, unknown>) | undefined;
  if (response.ok) return body;
  throw new ApiError(response.status, body?.error ?? describeForeign(response.status));
}

/** An answer that is not the studio's own: it comes from what stands in front of it. */
function describeForeign(status: number): Failure['error'] {
  const message = `what stands before the studio answered ${status}`;
  if (status === 413)
    return {
      code: 'TOO_LARGE',
      message: `${message}: that is more than it lets through`,
      hint: 'Raise its limit, which nginx calls `client_max_body_size`, or send less at once.',
    };
  if (status >= 502 && status <= 504)
    return { code: 'NETWORK', message: `${message}: the studio is away`, hint: 'Try again in a moment.' };
  return { code: 'DEFECT', message, hint: 'Look at its log, and at that of the studio.' };
}
