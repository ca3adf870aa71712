// One request to the server. Types come from the contract; what comes back is what the server's own schema let through.

import { ApiFailure } from './failure.ts';

interface RequestOptions {
  readonly body?: unknown;
  readonly query?: Readonly<Record<string, string | number | boolean | null | undefined>>;
  readonly signal?: AbortSignal;
  /** Lets the request outlive the page. */
  readonly keepalive?: boolean;
}

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** The path with its query; what is undefined, null or empty is left out. */
export function withQuery(path: string, query: RequestOptions['query'] = {}): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== null && value !== '');
  const text = new URLSearchParams(given.map(([key, value]) => [key, String(value)])).toString();
  return text ? `${path}?${text}` : path;
}

/**
 * Asks the server and returns the JSON of its answer.
 *
 * @throws ApiFailure with the server's words, or with status 0 where no answer came.
 */
export async function request<Result>(method: Method, path: string, options: RequestOptions = {}): Promise<Result> {
  const { body, query, signal, keepalive = false } = options;
  const isForm = body instanceof FormData || body instanceof Blob;
  const init: RequestInit = { method, keepalive, credentials: 'same-origin', headers: { accept: 'application/json' } };
  if (signal) init.signal = signal;
  if (body !== undefined) init.body = isForm ? body : JSON.stringify(body);
  if (body !== undefined && !isForm) init.headers = { ...init.headers, 'content-type': 'application/json' };
  const response = await fetch(withQuery(path, query), init).catch((error: unknown) => {
    if (signal?.aborted) throw error;
    throw new ApiFailure(
      0,
      'OFFLINE',
      'The studio does not answer.',
      'Check the network, and that `collimate studio` is still running; then try again.',
    );
  });
  const text = await response.text();
  if (!response.ok) throw toFailure(response.status, text);
  return (text ? JSON.parse(text) : undefined) as Result;
}

function toFailure(status: number, text: string): ApiFailure {
  const { error, message, hint, code } = parse(text);
  const inner = typeof error === 'object' && error !== null ? error : {};
  return new ApiFailure(
    status,
    inner.code ?? code ?? String(status),
    inner.message ?? message ?? `The studio answered with status ${status}.`,
    inner.hint ?? hint ?? '',
  );
}

interface ErrorBody {
  error?: { code?: string; message?: string; hint?: string };
  code?: string;
  message?: string;
  hint?: string;
}

function parse(text: string): ErrorBody {
  try {
    return (JSON.parse(text) ?? {}) as ErrorBody;
  } catch {
    return {};
  }
}
