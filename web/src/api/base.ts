// Where the studio is: below a path of its host, or at its root.

import { formatUrl } from '../../../src/studio/contract/client.ts';

/** Such as `/studio`; empty at the root. The server writes it into the page. */
export const BASE = document.querySelector<HTMLMetaElement>('meta[name="base"]')?.content ?? '';

/** The address of an operation with its parameters filled in: for `<img src>`, downloads and `EventSource`. */
export const addressOf: typeof formatUrl = (name, input) => BASE + formatUrl(name, input);

/** A path of the studio as people are sent it. */
export const linkTo = (path: string): string => location.origin + BASE + path;
