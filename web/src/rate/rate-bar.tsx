// The bar over the rating page: what is rated, how far, whether it is saved, and the way out.

import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { sessionQuery } from '../api/session.ts';
import { Mark } from '../layout/mark.tsx';
import { SchemeSelect } from '../layout/scheme-select.tsx';
import { SignOut } from '../layout/sign-out.tsx';
import { say, type WordKey } from '../words/words.ts';
import type { Kind } from './item.ts';
import { LanguageSelect } from './language-select.tsx';
import type { Outbox } from './outbox.ts';
import { ImageProgress, PairProgress } from './rate-progress.tsx';
import { SaveStatus } from './save-status.tsx';

const KINDS: readonly (readonly [Kind, WordKey])[] = [
  ['image', 'images'],
  ['sheet', 'sheets'],
  ['pair', 'pairs'],
  ['best', 'best'],
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
        <Link
          to={steers ? '/overview' : '/rate'}
          className="brand"
          // On a phone the mark stands alone, and this is its name.
          title={steers ? say('toOverview') : 'Collimate'}
        >
          <Mark />
          <span>
            <b>Collimate</b>
            <span className="project">{me.project.name}</span>
          </span>
        </Link>
        <nav className="kinds" aria-label={say('whatToRate')}>
          {KINDS.filter(([value]) => value !== 'best' || me.asks.bestOfSheet).map(([value, name]) => (
            <Link
              key={value}
              to="/rate"
              search={value === 'image' ? {} : { kind: value }}
              activeOptions={{ exact: true, includeSearch: true }}
            >
              {say(name)}
            </Link>
          ))}
        </nav>
        <SaveStatus outbox={outbox} />
        <div className="end">
          {kind === 'pair' ? (
            <PairProgress answered={answered} finished={finished} outbox={outbox} />
          ) : kind === 'best' ? (
            <span className="soft note">{say('answersNow', { count: answered })}</span>
          ) : (
            <ImageProgress />
          )}
          <Link to="/account" className="button quiet little" title={say('accountTitle')}>
            {say('account')}
          </Link>
          <LanguageSelect />
          {/* On a phone both are on the page of the account. */}
          <span className="beside">
            <SchemeSelect />
            <SignOut />
          </span>
        </div>
      </div>
    </header>
  );
}
