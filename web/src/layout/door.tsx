// The frame of the pages before anybody is signed in.

import { useQuery } from '@tanstack/react-query';
import { Outlet } from '@tanstack/react-router';
import { sessionQuery } from '../api/session.ts';
import { LanguageSelect } from '../rate/language-select.tsx';
import { useLanguage } from '../words/words.ts';
import { Mark } from './mark.tsx';

export function Door() {
  const language = useLanguage();
  const project = useQuery(sessionQuery).data?.project.name;
  return (
    <div className="door" lang={language}>
      <main>
        <div className="brand">
          <Mark />
          <span>
            <b>Collimate</b>
            {project && <span className="project">{project}</span>}
          </span>
        </div>
        {/* Pages say their words anew in another language. */}
        <div className="sheet" key={language}>
          <Outlet />
        </div>
        <LanguageSelect />
      </main>
    </div>
  );
}
