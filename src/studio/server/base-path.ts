// The path below which a proxy serves the studio, such as `/studio`; empty where it has a host name of its own. The proxy may
// pass it on or take it away.

import { getPath } from 'hono/utils/url';

/** The path of an address without its last `/`. */
export function basePathOf(address: string | undefined): string {
  return address === undefined ? '' : new URL(address).pathname.replace(/\/+$/, '');
}

/** Reads the path of a request as if the studio had a name of its own. */
export function createPathReader(base: string): (request: Request) => string {
  return (request) => {
    const path = getPath(request);
    return path === base ? '/' : path.startsWith(`${base}/`) ? path.slice(base.length) : path;
  };
}

/** The page of the web app with its addresses below the path, which the app reads from it. */
export function placePage(html: string, base: string): string {
  return html.replaceAll('"./', `"${base}/`).replace('name="base" content=""', `name="base" content="${base}"`);
}
