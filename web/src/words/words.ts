// The language of the raters' pages: the browser's own where there are words for it, or the one that was chosen; and what is
// said in it. The door and the own account are among them; pages for those who lead are in English.

import { useSyncExternalStore } from 'react';
import { EN } from './en.ts';

/** A text, or where a number decides two of them. */
type Text = string | { readonly one: string; readonly other: string };
export type WordKey = keyof typeof EN;
export type Words = {
  readonly [K in WordKey]: (typeof EN)[K] extends string ? string : { one: string; other: string };
};

/** What the server says in English, in another language. */
export type Refusals = Readonly<Record<string, string>>;

/** Languages by their own names; one file each. */
export const LANGUAGES = { en: 'English', es: 'Español', de: 'Deutsch', zh: '中文' } as const;
export type Language = keyof typeof LANGUAGES;

const LOADERS: { readonly [L in Language]: () => Promise<readonly [Words, Refusals]> } = {
  en: async () => [EN, {}],
  es: () => import('./es.ts').then(({ ES, REFUSALS_ES }) => [ES, REFUSALS_ES]),
  de: () => import('./de.ts').then(({ DE, REFUSALS_DE }) => [DE, REFUSALS_DE]),
  zh: () => import('./zh.ts').then(({ ZH, REFUSALS_ZH }) => [ZH, REFUSALS_ZH]),
};

const KEY = 'collimate.language';
let words: Words = EN;
let refusals: Refusals = {};
let current: Language = 'en';
let wanted: Language = current;
const listeners = new Set<() => void>();

const isLanguage = (name: unknown): name is Language => typeof name === 'string' && Object.hasOwn(LANGUAGES, name);

/** The language that was chosen in this browser, or the first of the browser's own that there are words for. */
export function preferredLanguage(chosen: string | null, browser: readonly string[]): Language {
  if (isLanguage(chosen)) return chosen;
  return browser.map((tag) => tag.split('-')[0]!.toLowerCase()).find(isLanguage) ?? 'en';
}

/** Loads the words of a language and shows them; where they cannot be loaded the page stays in the one that it has. */
export async function showLanguage(language: Language): Promise<void> {
  wanted = language;
  if (language === current) return;
  const loaded = await LOADERS[language]().catch(() => undefined);
  // Another may have been asked for meanwhile.
  if (!loaded || language !== wanted) return;
  [words, refusals] = loaded;
  current = language;
  for (const listener of listeners) listener();
}

/** The language of this browser, before the first page for raters is drawn. */
export const showPreferredLanguage = (): Promise<void> =>
  showLanguage(preferredLanguage(readChoice(), navigator.languages));

export async function chooseLanguage(language: Language): Promise<void> {
  try {
    localStorage.setItem(KEY, language);
  } catch {
    // The browser keeps nothing: the choice holds for this page.
  }
  await showLanguage(language);
}

function readChoice(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

/** Draws again when the language changes; returns it. */
export function useLanguage(): Language {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => current,
  );
}

type Values = Readonly<Record<string, string | number>>;

/** What is said under `key`, with values put in; `count` chooses between one and several. */
export function say(key: WordKey, values: Values = {}): string {
  const text: Text = words[key];
  const chosen = typeof text === 'string' ? text : text[pluralOf(Number(values.count))];
  return chosen.replace(/\{(\w+)\}/g, (place, name: string) => String(values[name] ?? place));
}

/** A sentence of the server in the language of the page, where there are words for it. */
export function sayRefusal(text: string): string {
  const [number = ''] = /\d[\d:.T-]*\d|\d/.exec(text) ?? [];
  const said = refusals[number ? text.replace(number, '{n}') : text];
  return said?.replace('{n}', number) ?? text;
}

const tagOf = () => (current === 'en' ? 'en-GB' : current);

/** An ISO time as day and minute, in the reader's own time and language. */
export const sayTime = (iso: string): string =>
  new Date(iso).toLocaleString(tagOf(), { dateStyle: 'medium', timeStyle: 'short' });

export const sayCount = (value: number): string => value.toLocaleString(tagOf());

const pluralOf = (count: number) => (new Intl.PluralRules(current).select(count) === 'one' ? 'one' : 'other');
