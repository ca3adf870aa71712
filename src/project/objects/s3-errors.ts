// What a bucket's refusals come to: nothing there, a server to wait for, or an error with advice.

import { CollimateError } from '../../util/errors.ts';

interface Refusal {
  readonly name?: string;
  readonly code?: string;
  readonly message?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

const statusOf = (error: unknown) => (error as Refusal).$metadata?.httpStatusCode;

/** Whether it says that there is no such object; one whose bucket is missing says so too, where nothing is said beside. */
export function isMissing(error: unknown): boolean {
  const { name } = error as Refusal;
  return name === 'NoSuchKey' || name === 'NotFound' || (statusOf(error) === 404 && name !== 'NoSuchBucket');
}

/** A server that cannot be reached or is overloaded: the same may succeed later. */
export class BucketAway extends CollimateError {}

/** A server that answers, and refuses whatever this process asks of the bucket, or has no such bucket. */
export class BucketRefused extends CollimateError {}

const BROKEN = /^(ECONN|EPIPE|EAI_AGAIN|ENOTFOUND|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT)/;
const CROSS: readonly string[] = ['TimeoutError', 'RequestTimeout', 'SlowDown', 'InternalError', 'ServiceUnavailable'];

/** The error that people see. */
export function explainBucketError(error: unknown, place: string): unknown {
  if (error instanceof CollimateError) return error;
  const { name = '', code = '', message = '' } = error as Refusal;
  const status = statusOf(error);
  if (BROKEN.test(code) || CROSS.includes(name) || (status !== undefined && (status >= 500 || status === 429)))
    return new BucketAway(
      'UNAVAILABLE',
      `${place} cannot be reached (${message || code || name})`,
      'Check that the server runs and that its endpoint is right (AWS_ENDPOINT_URL, or ?endpoint= in the address).',
      { cause: error, retryAfter: 5 },
    );
  const fail = (text: string, hint: string) =>
    new BucketRefused('STORAGE', `${place}: ${text}`, hint, { cause: error });
  if (name === 'NoSuchBucket') return fail('there is no such bucket', 'Make it, or mend `objects` in collimate.yaml.');
  if (name === 'CredentialsProviderError')
    return fail(
      'no credentials were found',
      'Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, AWS_PROFILE, or a role, as for the AWS command line.',
    );
  if (status === 401 || status === 403)
    return fail(
      `access was refused (${name})`,
      'The credentials need s3:GetObject, s3:PutObject, s3:DeleteObject and s3:ListBucket there; docs/machines.md has a policy.',
    );
  if (name === 'NotFound' || status === 404)
    return fail('there is no such bucket or object', 'Mend `objects` in collimate.yaml.');
  if (status === 301 || name === 'PermanentRedirect')
    return fail('the bucket is in another region', 'Name it: s3://bucket/prefix?region=…, or set AWS_REGION.');
  if (/region is missing/i.test(message))
    return fail('no region is named', 'Set AWS_REGION, or give s3://bucket/prefix?region=…');
  return error;
}
