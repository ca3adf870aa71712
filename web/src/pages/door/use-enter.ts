import { useQueryClient } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import type { User } from '../../../../src/studio/contract/session.ts';
import { homeOf, sessionQuery } from '../../api/session.ts';

/** Goes where somebody who has just signed in begins. */
export function useEnter() {
  const client = useQueryClient();
  const router = useRouter();
  return async ({ user }: { user: User }): Promise<void> => {
    client.clear();
    await client.fetchQuery({ ...sessionQuery, staleTime: 0 });
    await router.navigate({ to: homeOf(user.role) });
  };
}
