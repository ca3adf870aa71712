// Light or dark: as the system says, or as the person chose on this browser.

export type Scheme = 'system' | 'light' | 'dark';

const KEY = 'collimate.scheme';
const dark = () => matchMedia('(prefers-color-scheme: dark)');

export function readScheme(): Scheme {
  const stored = localStorage.getItem(KEY);
  return stored === 'light' || stored === 'dark' ? stored : 'system';
}

/** Keeps the choice and shows it. */
export function setScheme(scheme: Scheme): void {
  if (scheme === 'system') localStorage.removeItem(KEY);
  else localStorage.setItem(KEY, scheme);
  show();
}

/** Shows the scheme now, and follows the system as it changes. */
export function followScheme(): void {
  show();
  dark().addEventListener('change', show);
}

function show(): void {
  const scheme = readScheme();
  const isDark = scheme === 'dark' || (scheme === 'system' && dark().matches);
  document.documentElement.dataset.scheme = isDark ? 'dark' : 'light';
}
