// Which key does what on the rating page. A binding is what `KeyboardEvent.key` says, in lower case for letters, with
// `ctrl+` in front where Control or Command is held. Everything here is pure; the page stores what a person changed.

/** `scale` and `best` take digits as well, which mean what they say and are not to be changed. */
export type Mode = 'image' | 'pair' | 'scale' | 'best';

export type Action =
  | 'good'
  | 'bad'
  | 'skip'
  | 'left'
  | 'right'
  | 'tie'
  | 'neither'
  | 'previous'
  | 'next'
  | 'undo'
  | 'why'
  | 'flag'
  | 'zoom'
  | 'guidelines'
  | 'history'
  | 'help';

export type Bindings = Readonly<Partial<Record<Action, readonly string[]>>>;

/** What a person set: single keys on or off, and the keys that differ from the defaults. */
export interface KeySettings {
  readonly enabled: boolean;
  readonly changed: Readonly<Partial<Record<Mode, Bindings>>>;
}

export const DEFAULT_SETTINGS: KeySettings = { enabled: true, changed: { image: {}, pair: {} } };

const COMMON: Bindings = {
  why: ['w'],
  flag: ['f'],
  undo: ['Backspace', 'ctrl+z'],
  zoom: ['z'],
  guidelines: ['i'],
  help: ['?'],
};

const DEFAULTS: Readonly<Record<Mode, Bindings>> = {
  image: {
    good: ['1', 'g'],
    bad: ['2', 'b'],
    skip: ['s', ' '],
    previous: ['ArrowLeft'],
    next: ['ArrowRight'],
    history: ['h'],
    ...COMMON,
  },
  pair: {
    left: ['ArrowLeft', '1'],
    right: ['ArrowRight', '2'],
    tie: ['ArrowDown', 't'],
    neither: ['ArrowUp', 'x'],
    skip: ['s', ' '],
    ...COMMON,
  },
  scale: { skip: ['s', ' '], history: ['h'], ...COMMON },
  best: { skip: ['s', ' '], ...without(COMMON, 'why', 'zoom', 'flag') },
};

function without(bindings: Bindings, ...actions: readonly Action[]): Bindings {
  return Object.fromEntries(Object.entries(bindings).filter(([action]) => !actions.includes(action as Action)));
}

const ACTIONS: readonly string[] = [...new Set(Object.values(DEFAULTS).flatMap((bindings) => Object.keys(bindings)))];

/** The keys of every action of a mode, as set. */
export function resolveBindings(settings: KeySettings, mode: Mode): Bindings {
  return { ...DEFAULTS[mode], ...settings.changed[mode] };
}

export interface KeyPress {
  readonly key: string;
  /** The place on the keyboard, such as `KeyG`. */
  readonly code?: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
}

/** The name of a key press, or undefined for one that cannot be bound. */
export function nameOfKey({ key, ctrlKey, metaKey, altKey }: KeyPress): string | undefined {
  if (altKey || ['Shift', 'Control', 'Meta', 'Alt', 'Tab', 'Escape', 'Dead', 'Unidentified'].includes(key)) return;
  const name = key.length === 1 ? key.toLowerCase() : key;
  return ctrlKey || metaKey ? `ctrl+${name}` : name;
}

/** What a key press asks for; single keys ask for nothing where they are switched off. */
export function actionOfKey(settings: KeySettings, mode: Mode, press: KeyPress): Action | undefined {
  const name = nameOfKey(press);
  if (!name || (!settings.enabled && !name.startsWith('ctrl+'))) return undefined;
  const bindings = Object.entries(resolveBindings(settings, mode));
  const latin = toLatin(press);
  const found =
    bindings.find(([, keys]) => keys.includes(name)) ??
    (latin && bindings.find(([, keys]) => keys.includes(nameOfKey(latin)!)));
  return found?.[0] as Action | undefined;
}

/** The press on a Latin layout, where this one has the letters or digits of another script. */
function toLatin(press: KeyPress): KeyPress | undefined {
  const [, letter, digit] = /^(?:Key([A-Z])|Digit(\d))$/.exec(press.code ?? '') ?? [];
  const isOther = /^[^\p{Script=Latin}\p{ASCII}]$/u.test(press.key);
  if (!isOther || (digit !== undefined && !/^\p{Nd}$/u.test(press.key))) return undefined;
  const key = letter?.toLowerCase() ?? digit;
  return key === undefined ? undefined : { ...press, key };
}

/** The settings with the keys of one action replaced; whatever had one of these keys loses it. */
export function rebind(settings: KeySettings, mode: Mode, action: Action, keys: readonly string[]): KeySettings {
  const changed: Partial<Record<Action, readonly string[]>> = { ...settings.changed[mode], [action]: keys };
  for (const [other, bound] of Object.entries(resolveBindings(settings, mode)) as [Action, readonly string[]][]) {
    if (other !== action && bound.some((key) => keys.includes(key)))
      changed[other] = bound.filter((key) => !keys.includes(key));
  }
  return { ...settings, changed: { ...settings.changed, [mode]: changed } };
}

const LABELS: Readonly<Record<string, string>> = {
  ' ': 'Space',
  ArrowLeft: '←',
  ArrowRight: '→',
  ArrowUp: '↑',
  ArrowDown: '↓',
  Backspace: '⌫',
  Enter: '↵',
  Delete: 'Del',
};

/** A key as people see it on the keyboard. */
export function labelOfKey(name: string): string {
  if (name.startsWith('ctrl+')) return `Ctrl ${labelOfKey(name.slice(5))}`;
  return LABELS[name] ?? (name.length === 1 ? name.toUpperCase() : name);
}

/** Stored settings read back; anything odd counts as nothing set. */
export function readSettings(text: string | null): KeySettings {
  try {
    const { enabled, changed } = JSON.parse(text ?? '') as KeySettings;
    if (typeof enabled !== 'boolean' || !isBindings(changed?.image) || !isBindings(changed?.pair))
      return DEFAULT_SETTINGS;
    const of = (mode: Mode) => (isBindings(changed[mode]) ? { [mode]: changed[mode] } : {});
    return { enabled, changed: { image: changed.image, pair: changed.pair, ...of('scale'), ...of('best') } };
  } catch {
    return DEFAULT_SETTINGS;
  }
}

function isBindings(value: unknown): value is Bindings {
  return (
    typeof value === 'object' &&
    value !== null &&
    Object.entries(value).every(
      ([action, keys]) =>
        ACTIONS.includes(action) && Array.isArray(keys) && keys.every((key) => typeof key === 'string' && key !== ''),
    )
  );
}
