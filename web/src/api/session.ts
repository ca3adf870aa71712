// Who is signed in, and what they may see.

import { queryOptions } from '@tanstack/react-query';
import { request } from './client.ts';

export type Role = 'owner' | 'admin' | 'rater' | 'viewer';

export interface Me {
  readonly user: { readonly id: string; readonly name: string; readonly email: string; readonly role: Role } | null;
  readonly project: string;
  readonly needsSetup: boolean;
}

export const meQuery = queryOptions({
  queryKey: ['me'],
  queryFn: ({ signal }) => request<Me>('GET', '/api/me', { signal }),
  staleTime: 60_000,
});

/** Whether a role may steer: start jobs, change settings. */
export const maySteer = (role: Role): boolean => role === 'owner' || role === 'admin';
