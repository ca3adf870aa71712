// A steering page: its title, what it is for, what can be started from it, and its content once there is some.

import type { UseQueryResult } from '@tanstack/react-query';
import { type ReactNode, useEffect } from 'react';
import { Failure, Loading } from './states.tsx';

interface PageProps<Data> {
  readonly title: string;
  readonly lede?: ReactNode;
  readonly actions?: ReactNode;
  readonly query: UseQueryResult<Data>;
  readonly children: (data: Data) => ReactNode;
}

export function Page<Data>({ title, lede, actions, query, children }: PageProps<Data>) {
  useTitle(title);
  const { data, error, refetch } = query;
  return (
    <>
      <header>
        <div>
          <h1>{title}</h1>
          {lede && <p>{lede}</p>}
        </div>
        {actions && <div className="row">{actions}</div>}
      </header>
      {error && <Failure error={error} onRetry={() => void refetch()} />}
      {data !== undefined ? children(data) : error ? null : <Loading />}
    </>
  );
}

/** Names the page in the window's title. */
export function useTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · Collimate`;
  }, [title]);
}
