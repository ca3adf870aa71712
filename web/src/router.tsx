// The addresses of the studio. Every page is loaded when it is first opened; who may not see a page is sent where they may.

import type { QueryClient } from '@tanstack/react-query';
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from '@tanstack/react-router';
import { BASE } from './api/base.ts';
import { loadPart } from './api/parts.ts';
import { homeOf, sessionQuery } from './api/session.ts';
import { readImageSearch } from './pages/images/search.ts';
import { readTab } from './pages/settings/tabs.ts';
import type { Kind } from './rate/item.ts';
import { NoPage } from './ui/no-page.tsx';
import { Failure, Loading } from './ui/states.tsx';
import { showLanguage, showPreferredLanguage } from './words/words.ts';

interface Context {
  readonly client: QueryClient;
}

const root = createRootRouteWithContext<Context>()({ component: Outlet, notFoundComponent: NoPage });

const index = createRoute({
  getParentRoute: () => root,
  path: '/',
  beforeLoad: async ({ context }) => {
    const { user, setUpNeeded } = await context.client.ensureQueryData(sessionQuery);
    throw redirect({ to: setUpNeeded ? '/setup' : user ? homeOf(user.role) : '/sign-in' });
  },
});

/** The language of a page, before it is drawn, so that it never changes before somebody's eyes; not while a link to it is only pointed at. */
const speaks =
  (show: () => Promise<void>) =>
  ({ preload }: { readonly preload: boolean }): Promise<void> =>
    preload ? Promise.resolve() : show();

const door = createRoute({
  getParentRoute: () => root,
  id: 'door',
  beforeLoad: speaks(showPreferredLanguage),
  component: lazyRouteComponent(
    loadPart(() => import('./layout/door.tsx')),
    'Door',
  ),
});
const setUp = createRoute({
  getParentRoute: () => door,
  path: '/setup',
  component: lazyRouteComponent(
    loadPart(() => import('./pages/door/set-up.tsx')),
    'SetUp',
  ),
});
const signIn = createRoute({
  getParentRoute: () => door,
  path: '/sign-in',
  component: lazyRouteComponent(
    loadPart(() => import('./pages/door/sign-in.tsx')),
    'SignIn',
  ),
});
const invite = createRoute({
  getParentRoute: () => door,
  path: '/join/$token',
  component: lazyRouteComponent(
    loadPart(() => import('./pages/door/invite.tsx')),
    'Invite',
  ),
});

const reset = createRoute({
  getParentRoute: () => door,
  path: '/reset/$token',
  component: lazyRouteComponent(
    loadPart(() => import('./pages/door/reset.tsx')),
    'Reset',
  ),
});

const crowd = createRoute({
  getParentRoute: () => door,
  path: '/crowd/$token',
  component: lazyRouteComponent(
    loadPart(() => import('./pages/crowd/crowd.tsx')),
    'Crowd',
  ),
});

/** Where those who only rate may go. */
const OF_RATERS = ['/rate', '/account'];

const member = createRoute({
  getParentRoute: () => root,
  id: 'member',
  beforeLoad: async ({ context, location }) => {
    const { user, setUpNeeded } = await context.client.ensureQueryData(sessionQuery);
    if (setUpNeeded) throw redirect({ to: '/setup' });
    if (!user) throw redirect({ to: '/sign-in' });
    if (user.role === 'rater' && !OF_RATERS.some((page) => location.pathname.startsWith(page)))
      throw redirect({ to: '/rate' });
    return { user };
  },
});

const own = createRoute({
  getParentRoute: () => member,
  id: 'own',
  beforeLoad: speaks(showPreferredLanguage),
  component: lazyRouteComponent(
    loadPart(() => import('./layout/door.tsx')),
    'Door',
  ),
});
const account = createRoute({
  getParentRoute: () => own,
  path: '/account',
  component: lazyRouteComponent(
    loadPart(() => import('./pages/account/account.tsx')),
    'Account',
  ),
});

const rate = createRoute({
  getParentRoute: () => member,
  path: '/rate',
  beforeLoad: speaks(showPreferredLanguage),
  component: lazyRouteComponent(
    loadPart(() => import('./rate/rate-page.tsx')),
    'RatePage',
  ),
  validateSearch: ({ kind }: Record<string, unknown>): { kind?: Kind } =>
    kind === 'sheet' || kind === 'pair' || kind === 'best' ? { kind } : {},
});

const steering = createRoute({
  getParentRoute: () => member,
  id: 'steering',
  beforeLoad: speaks(() => showLanguage('en')),
  component: lazyRouteComponent(
    loadPart(() => import('./layout/frame.tsx')),
    'Frame',
  ),
});

const overview = createRoute({
  getParentRoute: () => steering,
  path: '/overview',
  component: lazyRouteComponent(
    loadPart(() => import('./pages/overview/overview.tsx')),
    'Overview',
  ),
});

const prompts = createRoute({
  getParentRoute: () => steering,
  path: '/prompts',
  component: lazyRouteComponent(
    loadPart(() => import('./pages/prompts/prompts.tsx')),
    'Prompts',
  ),
});

const images = createRoute({
  getParentRoute: () => steering,
  path: '/images',
  component: lazyRouteComponent(
    loadPart(() => import('./pages/images/images.tsx')),
    'Images',
  ),
  validateSearch: readImageSearch,
});

const raters = createRoute({
  getParentRoute: () => steering,
  path: '/raters',
  component: lazyRouteComponent(
    loadPart(() => import('./pages/raters/raters.tsx')),
    'Raters',
  ),
});

const review = createRoute({
  getParentRoute: () => steering,
  path: '/review',
  component: lazyRouteComponent(
    loadPart(() => import('./pages/review/review.tsx')),
    'Review',
  ),
});

const reward = createRoute({
  getParentRoute: () => steering,
  path: '/reward',
  component: lazyRouteComponent(
    loadPart(() => import('./pages/reward/reward.tsx')),
    'Reward',
  ),
});

const tuning = createRoute({
  getParentRoute: () => steering,
  path: '/tuning',
  component: lazyRouteComponent(
    loadPart(() => import('./pages/tuning/tuning.tsx')),
    'Tuning',
  ),
});

const evaluation = createRoute({
  getParentRoute: () => steering,
  path: '/evaluation',
  component: lazyRouteComponent(
    loadPart(() => import('./pages/evaluation/evaluation.tsx')),
    'Evaluation',
  ),
});

const settings = createRoute({
  getParentRoute: () => steering,
  path: '/settings',
  component: lazyRouteComponent(
    loadPart(() => import('./pages/settings/settings.tsx')),
    'Settings',
  ),
  validateSearch: readTab,
});

const tree = root.addChildren([
  index,
  door.addChildren([setUp, signIn, invite, reset, crowd]),
  member.addChildren([
    rate,
    own.addChildren([account]),
    steering.addChildren([overview, prompts, images, raters, review, reward, tuning, evaluation, settings]),
  ]),
]);

export function createStudioRouter(client: QueryClient) {
  return createRouter({
    routeTree: tree,
    context: { client },
    ...(BASE && { basepath: BASE }),
    defaultPendingComponent: Loading,
    defaultErrorComponent: ({ error, reset }) => <Failure error={error} onRetry={reset} />,
    defaultPreload: 'intent',
    scrollRestoration: true,
  });
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createStudioRouter>;
  }
}
