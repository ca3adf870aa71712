// Signs out on this browser. Answers that wait in the outbox stay, and are sent when the account signs in again.

import { useQueryClient } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { call, describeFailure } from '../api/client.ts';
import { toast } from '../ui/toasts.tsx';
import { say, useLanguage } from '../words/words.ts';

export function SignOut() {
  const client = useQueryClient();
  const router = useRouter();
  // Also in the frame of pages that are in English.
  const language = useLanguage();
  async function signOut(): Promise<void> {
    try {
      await call('signOut');
      client.clear();
      await router.navigate({ to: '/sign-in' });
    } catch (error) {
      const { message, hint } = describeFailure(error);
      toast(`${say('stillSignedIn')} ${message} ${hint}`);
    }
  }
  return (
    <button type="button" lang={language} className="button quiet little" onClick={() => void signOut()}>
      {say('signOut')}
    </button>
  );
}
