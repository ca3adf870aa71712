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

/** The parts of an `s3://` address, of the configuration or of a flag. @throws CollimateError CONFIG, or USAGE for a flag */
export function parseBucketAddress(text: string, flag?: string): BucketAddress {
  const found = readAddress(text);
  if (typeof found !== 'string') return found;
  throw new CollimateError(
    flag === undefined ? 'CONFIG' : 'USAGE',
    `${flag ?? 'objects'}: expected folder or s3://bucket/prefix, got ${JSON.stringify(hideKeys(text))}: ${found}`,
    'Give s3://bucket/prefix, with ?endpoint=https://host&region=name for a server that is not Amazon’s.',
  );
}

/**
 * An address that is refused, for people to see: errors are logged, and keys that were put into it are not told on. Secrets may
 * hold slashes and question marks, so all before the last @ goes, and then the query.
 */
export function hideKeys(text: string): string {
  return text.replace(/^([a-z][a-z0-9+.-]*:\/\/)?.*@/is, '$1…@').replace(/[?&#].*/s, '?…');
}

const KEYED =
  'keys do not belong into it, since it is shown and stored; they are found as the AWS tools find them (AWS_ACCESS_KEY_ID, AWS_PROFILE, a role)';

/** The parts, or what is wrong with them. */
function readAddress(text: string): BucketAddress | string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  // With a slash in it, a secret is no port, and all of it no address; or one, of a port and a path.
  if (url ? url.username + url.password !== '' || (url.port !== '' && text.includes('@')) : text.includes('@'))
    return KEYED;
  if (url?.protocol !== 's3:' || url.hostname === '') return 'it names no bucket';
  if (url.port !== '') return 'a bucket has no port; that of a server belongs to its endpoint';
  if ([...url.searchParams.keys()].some((name) => name !== 'endpoint' && name !== 'region'))
    return 'only endpoint and region mean something after its ?';
  if ([...url.searchParams.values()].some((value) => value.includes('@'))) return KEYED;
  const path = decodePath(url.pathname);
  if (path === undefined) return 'a % in it begins no letter (%20 is a blank, %25 the sign itself)';
  const [endpoint, region] = [url.searchParams.get('endpoint'), url.searchParams.get('region')];
  if (endpoint !== null && !/^https?:\/\/[^/]/.test(endpoint)) return 'its endpoint needs http:// or https://';
  if (endpoint !== null && !URL.canParse(endpoint)) return 'its endpoint is no address of a server';
  return {
    bucket: url.hostname,
    prefix: path === '' ? '' : `${path}/`,
    ...(endpoint !== null && { endpoint }),
    ...(region !== null && { region }),
  };
}

/** Without slashes around it; undefined where its signs of percent stand for nothing. */
function decodePath(pathname: string): string | undefined {
  try {
    return decodeURIComponent(pathname).replace(/^\/+|\/+$/g, '');
  } catch {
    return undefined;
  }
}
