// Puts the studio on the page.

import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { createRoot } from 'react-dom/client';
import { ApiFailure } from './api/failure.ts';
import { createStudioRouter } from './router.tsx';
import { followScheme } from './theme/scheme.ts';
import { Toasts } from './ui/toasts.tsx';
import './theme/tokens.css';
import './theme/base.css';
import './layout/layout.css';

followScheme();

const client = new QueryClient({
  defaultOptions: {
    queries: {
      // A failure is shown at once; only a server that does not answer is asked again.
      networkMode: 'always',
      retry: (failures, error) =>
        failures < 2 && error instanceof ApiFailure && (error.status === 0 || error.status >= 502),
      staleTime: 5000,
    },
    mutations: { networkMode: 'always' },
  },
});

createRoot(document.getElementById('root')!).render(
  <QueryClientProvider client={client}>
    <RouterProvider router={createStudioRouter(client)} />
    <Toasts />
  </QueryClientProvider>,
);
