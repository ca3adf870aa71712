// What stands at an address that is no page's.

import { BASE } from '../api/base.ts';
import { say } from '../words/words.ts';

/** The link loads anew: which page is the first depends on who is signed in. */
export function NoPage() {
  return (
    <div className="door">
      <main>
        <div className="sheet">
          <h1>{say('noPage')}</h1>
          <a className="button primary" href={`${BASE}/`}>
            {say('toFirstPage')}
          </a>
        </div>
      </main>
    </div>
  );
}
