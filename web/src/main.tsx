// Puts the studio on the page.

import { QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { createRoot } from 'react-dom/client';
import { ApiError } from '../../src/studio/contract/client.ts';
import { sessionQuery } from './api/session.ts';
import { noteSignedOut, onSignedOut } from './api/signed-out.ts';
import { createStudioRouter } from './router.tsx';
import { followScheme } from './theme/scheme.ts';
import { Toasts } from './ui/toasts.tsx';
import './theme/tokens.css';
import './theme/base.css';
import './layout/layout.css';

followScheme();

const client = new QueryClient({
  queryCache: new QueryCache({ onError: noteSignedOut }),
  defaultOptions: {
    queries: {
      // A failure is shown at once; only a server that does not answer is asked again.
      networkMode: 'always',
      retry: (failures, error) =>
        failures < 2 && error instanceof ApiError && (error.status === 0 || error.status > 501),
      staleTime: 5000,
    },
    mutations: { networkMode: 'always' },
  },
});
const router = createStudioRouter(client);

onSignedOut(() => {
  client.removeQueries({ queryKey: sessionQuery.queryKey });
  void router.navigate({ to: '/sign-in' });
});

createRoot(document.getElementById('root')!).render(
  <QueryClientProvider client={client}>
    <RouterProvider router={router} />
    <Toasts />
  </QueryClientProvider>,
);
