// Addresses of buckets. Apart from the client, which is loaded only where one is used.

import { CollimateError } from '../../util/errors.ts';

/** What the `objects` key says where the project's own folder is meant. */
export const FOLDER = 'folder';

/** A bucket, as `s3://bucket/prefix?endpoint=http://host:9000&region=eu-1` names it. */
export interface BucketAddress {
  readonly bucket: string;
  /** Empty, or ending in `/`. */
  readonly prefix: string;
  /** Of a server that is not Amazon's; without one the tools' own settings hold (AWS_ENDPOINT_URL). */
  readonly endpoint?: string;
  readonly region?: string;
}

/** Whether a text may stand for where objects are. */
export function isObjectsSetting(text: string): boolean {
  return text === FOLDER || typeof readAddress(text) !== 'string';
}

/** The parts of an `s3://` address. @throws CollimateError CONFIG */
export function parseBucketAddress(text: string, expected = 'objects: expected'): BucketAddress {
  const found = readAddress(text);
  if (typeof found !== 'string') return found;
  throw new CollimateError(
    'CONFIG',
    `${expected} s3://bucket/prefix, got ${JSON.stringify(hideKeys(text))}: ${found}`,
    'Give s3://bucket/prefix, with ?endpoint=https://host&region=name for a server that is not Amazon’s.',
  );
}

/** Errors are shown and logged: keys that were put into an address are not told on. */
const hideKeys = (text: string) => text.replace(/(\/\/)[^@/]*@/, '$1…@');

/** The parts, or what is wrong with them. */
function readAddress(text: string): BucketAddress | string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 's3:' || url.hostname === '') return 'it names no bucket';
  if (url.username !== '' || url.password !== '')
    return 'keys do not belong into it, since it is shown and stored; they are found as the AWS tools find them';
  const unknown = [...url.searchParams.keys()].find((name) => name !== 'endpoint' && name !== 'region');
  if (unknown !== undefined) return `${unknown} means nothing there`;
  const path = decodeURIComponent(url.pathname).replace(/^\/+|\/+$/g, '');
  const [endpoint, region] = [url.searchParams.get('endpoint'), url.searchParams.get('region')];
  if (endpoint !== null && !/^https?:\/\/[^/]/.test(endpoint)) return 'its endpoint needs http:// or https://';
  return {
    bucket: url.hostname,
    prefix: path === '' ? '' : `${path}/`,
    ...(endpoint !== null && { endpoint }),
    ...(region !== null && { region }),
  };
}
