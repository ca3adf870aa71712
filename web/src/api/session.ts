// Who is signed in, and what they may do.

import type { Role } from '../../../src/studio/contract/shared.ts';
import { read } from './client.ts';

export const sessionQuery = { ...read('getSession'), staleTime: 60_000 };

/** Whether a role may change things: start jobs, invite, import. */
export const maySteer = (role: Role): boolean => role === 'owner' || role === 'admin';

/** Where a role begins. */
export const homeOf = (role: Role) => (role === 'rater' ? '/rate' : '/overview');
