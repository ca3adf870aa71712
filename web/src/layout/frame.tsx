// The frame of the steering pages: where one can go, who is signed in, and the page.

import { useQuery } from '@tanstack/react-query';
import { Link, Outlet, useLocation } from '@tanstack/react-router';
import { maySteer, sessionQuery } from '../api/session.ts';
import { JobStrip } from '../jobs/job-strip.tsx';
import '../ui/kit.css';
import { useCurrentInSight } from '../ui/use-current-in-sight.ts';
import { Mark } from './mark.tsx';
import { SchemeSelect } from './scheme-select.tsx';
import { SignOut } from './sign-out.tsx';

const PAGES = [
  ['/overview', 'Overview'],
  ['/rate', 'Rate'],
  ['/prompts', 'Prompts'],
  ['/images', 'Images'],
  ['/raters', 'Raters'],
  ['/review', 'Review'],
  ['/reward', 'Reward'],
  ['/tuning', 'Tuning'],
  ['/evaluation', 'Evaluation'],
  ['/settings', 'Settings'],
] as const;

export function Frame() {
  const me = useQuery(sessionQuery).data;
  const links = useCurrentInSight<HTMLUListElement>(useLocation().pathname);
  if (!me?.user) return null;
  const { user, project } = me;
  const pages = PAGES.filter(
    ([to]) =>
      ((to !== '/settings' && to !== '/review') || maySteer(user.role)) && (to !== '/rate' || user.role !== 'viewer'),
  );
  return (
    <div className="frame">
      <a className="skip-link" href="#page">
        Skip to the page
      </a>
      <header className="rail">
        <Link to="/overview" className="brand">
          <Mark />
          <span>
            <b>Collimate</b>
            <span className="project">{project.name}</span>
          </span>
        </Link>
        <nav aria-label="Pages">
          <ul className="links" ref={links}>
            {pages.map(([to, name]) => (
              <li key={to}>
                <Link to={to}>{name}</Link>
              </li>
            ))}
          </ul>
        </nav>
        <div className="foot">
          <Link to="/account" className="who soft" title={`${user.email}: your account and password`}>
            {user.name}, {user.role}
          </Link>
          <SchemeSelect />
          <SignOut />
        </div>
      </header>
      <main className="page" id="page" tabIndex={-1}>
        <JobStrip />
        <Outlet />
      </main>
    </div>
  );
}
