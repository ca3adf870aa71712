// Everything about the project that is set once in a while: people, guidelines, the queue, data in and out.

import { useQuery } from '@tanstack/react-query';
import { Link, useSearch } from '@tanstack/react-router';
import { read } from '../../api/client.ts';
import { Page } from '../../ui/page.tsx';
import { useCurrentInSight } from '../../ui/use-current-in-sight.ts';
import { Audit } from './audit.tsx';
import { Batches } from './batches.tsx';
import { Configuration } from './configuration.tsx';
import { Crowds } from './crowds.tsx';
import { Exchange } from './exchange.tsx';
import { Flags } from './flags.tsx';
import { GoldImages } from './gold.tsx';
import { Guidelines } from './guidelines.tsx';
import { Invites } from './invites.tsx';
import { Password } from './password.tsx';
import { People } from './people.tsx';
import { TABS } from './tabs.ts';
import { Tokens } from './tokens.tsx';

function Tabs({ shown }: { readonly shown: string }) {
  return (
    <nav className="tabs" aria-label="Parts of the settings" ref={useCurrentInSight<HTMLElement>(shown)}>
      {Object.entries(TABS).map(([key, name]) => (
        <Link
          key={key}
          to="/settings"
          search={key === 'people' ? {} : { tab: key as keyof typeof TABS }}
          activeOptions={{ exact: true, includeSearch: true }}
        >
          {name}
        </Link>
      ))}
    </nav>
  );
}

export function Settings() {
  const { tab = 'people' } = useSearch({ from: '/member/steering/settings' });
  return (
    <Page title="Settings" query={useQuery(read('getSettings'))}>
      {(data) => (
        <>
          <Tabs shown={tab} />
          {tab === 'people' && (
            <>
              <Invites />
              <Crowds />
              <People />
              <Password />
            </>
          )}
          {tab === 'rating' && (
            <>
              <Guidelines />
              <Batches />
              <GoldImages />
              <Flags />
            </>
          )}
          {tab === 'configuration' && <Configuration {...data} />}
          {tab === 'exchange' && <Exchange />}
          {tab === 'machines' && <Tokens />}
          {tab === 'audit' && <Audit />}
        </>
      )}
    </Page>
  );
}
