// The addresses of the studio's pages, shared by the router that shows them and the server that hands the web app out for
// them alone. `$token` stands for one part of a path.

export const PAGES = [
  '/',
  '/setup',
  '/sign-in',
  '/join/$token',
  '/reset/$token',
  '/crowd/$token',
  '/account',
  '/rate',
  '/overview',
  '/prompts',
  '/images',
  '/raters',
  '/review',
  '/reward',
  '/tuning',
  '/evaluation',
  '/settings',
] as const;

const PATTERNS = PAGES.map((page) => new RegExp(`^${page.replace(/\$\w+/g, '[^/]+')}/?$`));

/** Whether a path is that of a page. */
export function isPage(path: string): boolean {
  return PATTERNS.some((pattern) => pattern.test(path));
}
