// What stands where a part of the app could not be loaded. It asks the studio, and loads the page again as soon as that answers.

import { useCallback, useEffect, useState } from 'react';
import { describeSilence } from '../api/client.ts';
import { reloadOnce, studioAnswers } from '../api/parts.ts';
import { say } from '../words/words.ts';
import { FailureText } from './failure-text.tsx';

const ASK_AGAIN_MS = 5000;

type Found = 'asking' | 'away' | 'missing';

export function MissingPartFailure() {
  const [found, setFound] = useState<Found>('asking');
  const recover = useCallback(async () => {
    if (!(await studioAnswers())) setFound('away');
    else if (!reloadOnce()) setFound('missing');
  }, []);
  useEffect(() => {
    // Files that are missing though the studio answers are not asked for over and over.
    if (found === 'missing') return;
    void recover();
    window.addEventListener('online', recover);
    const timer = setInterval(recover, ASK_AGAIN_MS);
    return () => {
      window.removeEventListener('online', recover);
      clearInterval(timer);
    };
  }, [recover, found]);
  if (found === 'asking') return null;
  return (
    <FailureText
      {...(found === 'away' ? describeSilence() : { message: say('partMissing'), hint: say('partMissingHint') })}
    >
      <button type="button" className="button" onClick={() => void (found === 'away' ? recover() : location.reload())}>
        {say(found === 'away' ? 'tryAgain' : 'loadAgain')}
      </button>
    </FailureText>
  );
}
