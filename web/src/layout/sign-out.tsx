// Signs out on this browser. Answers that wait in the outbox stay, and are sent when the account signs in again.

import { useQueryClient } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { call, describeFailure } from '../api/client.ts';
import { toast } from '../ui/toasts.tsx';

export function SignOut() {
  const client = useQueryClient();
  const router = useRouter();
  async function signOut(): Promise<void> {
    try {
      await call('signOut');
      client.clear();
      await router.navigate({ to: '/sign-in' });
    } catch (error) {
      const { message, hint } = describeFailure(error);
      toast(`You are still signed in. ${message} ${hint}`);
    }
  }
  return (
    <button type="button" className="button quiet little" onClick={() => void signOut()}>
      Sign out
    </button>
  );
}
