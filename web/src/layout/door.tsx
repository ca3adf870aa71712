// The frame of the pages before anybody is signed in.

import { useQuery } from '@tanstack/react-query';
import { Outlet } from '@tanstack/react-router';
import { sessionQuery } from '../api/session.ts';
import { Mark } from './mark.tsx';

export function Door() {
  const project = useQuery(sessionQuery).data?.project.name;
  return (
    <div className="door">
      <main>
        <div className="brand">
          <Mark />
          <span>
            <b>Collimate</b>
            {project && <span className="project">{project}</span>}
          </span>
        </div>
        <div className="sheet">
          <Outlet />
        </div>
      </main>
    </div>
  );
}
