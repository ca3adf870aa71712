// The bar over the rating page: what is rated, how far, whether it is saved, and the way out.

import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { sessionQuery } from '../api/session.ts';
import { Mark } from '../layout/mark.tsx';
import { SchemeSelect } from '../layout/scheme-select.tsx';
import { SignOut } from '../layout/sign-out.tsx';
import type { Kind } from './item.ts';
import type { Outbox } from './outbox.ts';
import { ImageProgress, PairProgress } from './rate-progress.tsx';
import { SaveStatus } from './save-status.tsx';

const KINDS: readonly (readonly [Kind, string])[] = [
  ['image', 'Images'],
  ['sheet', 'Sheets'],
  ['pair', 'Pairs'],
];

interface RateBarProps {
  readonly kind: Kind;
  readonly outbox: Outbox;
  readonly answered: number;
  readonly finished: number;
}

export function RateBar({ kind, outbox, answered, finished }: RateBarProps) {
  const me = useQuery(sessionQuery).data!;
  const steers = me.user!.role !== 'rater';
  return (
    <header>
      <div className="rate-bar">
        <Link to={steers ? '/overview' : '/rate'} className="brand" title={steers ? 'To the overview' : undefined}>
          <Mark />
          <span>
            <b>Collimate</b>
            <span className="project">{me.project.name}</span>
          </span>
        </Link>
        <nav className="kinds" aria-label="What to rate">
          {KINDS.map(([value, name]) => (
            <Link
              key={value}
              to="/rate"
              search={value === 'image' ? {} : { kind: value }}
              activeOptions={{ exact: true, includeSearch: true }}
            >
              {name}
            </Link>
          ))}
        </nav>
        <SaveStatus outbox={outbox} />
        <div className="end">
          {kind === 'pair' ? (
            <PairProgress answered={answered} finished={finished} outbox={outbox} />
          ) : (
            <ImageProgress />
          )}
          <Link to="/account" className="button quiet little" title="Your account and password">
            Account
          </Link>
          <SchemeSelect />
          <SignOut />
        </div>
      </div>
    </header>
  );
}
