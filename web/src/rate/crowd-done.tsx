// The end of a study on a crowd platform: the code, and the way back.

import { say } from '../words/words.ts';
import type { Standing } from './port.ts';

export function CrowdDone({ crowd }: { readonly crowd: NonNullable<Standing['crowd']> }) {
  return (
    <main className="rate-empty" id="page">
      <div className="empty">
        <h1>{say('crowdDone')}</h1>
        <p>
          {say('crowdCode')} <code className="secret">{crowd.code}</code>
        </p>
        {crowd.returnUrl && (
          <a className="button primary" href={crowd.returnUrl} rel="noreferrer">
            {say('crowdReturn')}
          </a>
        )}
      </div>
    </main>
  );
}
