// Which guidelines this rater has read in this browser, and whether others hold by now: those are read before rating goes on,
// and every answer says which ones its rater had read. Another browser shows them anew.

/** A version of the guidelines. */
export interface Guideline {
  readonly version: number;
  readonly text: string;
}

type Entries = Pick<Storage, 'getItem' | 'setItem'>;

export class ReadGuidelines {
  readonly #storage: Entries | undefined;
  readonly #key: string;
  readonly #listeners = new Set<() => void>();
  #read: Guideline | undefined;
  #latest = 0;

  constructor(storage: Entries | undefined, account: string) {
    this.#storage = storage;
    this.#key = `collimate.guidelines.${account}`;
    this.#read = parse(storage?.getItem(this.#key) ?? null);
  }

  /** The version that was read last. */
  get version(): number | undefined {
    return this.#read?.version;
  }

  /** The version that is to be read before rating goes on, if there is one. */
  readonly due = (): number | undefined => (this.#latest > (this.#read?.version ?? 0) ? this.#latest : undefined);

  /** Takes in which version the server says holds; one that it said before is older. */
  note(latest: number): void {
    if (latest <= this.#latest) return;
    this.#latest = latest;
    this.#notify();
  }

  /** Whether the rater has read these very words, under whatever number. */
  knows({ text }: Guideline): boolean {
    return this.#read?.text === text;
  }

  /** The rater has read these. */
  confirm(guideline: Guideline): void {
    if (guideline.version < (this.#read?.version ?? 0)) return;
    this.#read = guideline;
    try {
      this.#storage?.setItem(this.#key, JSON.stringify(guideline));
    } catch {
      // The browser keeps nothing: they are shown again on the next page.
    }
    this.#notify();
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  #notify(): void {
    for (const listener of this.#listeners) listener();
  }
}

function parse(text: string | null): Guideline | undefined {
  try {
    const { version, text: words } = JSON.parse(text ?? '') as Guideline;
    return Number.isInteger(version) && typeof words === 'string' ? { version, text: words } : undefined;
  } catch {
    return undefined;
  }
}

const opened = new Map<string, ReadGuidelines>();

/** Those of an account, one for all that asks on this page. */
export function openReadGuidelines(account: string, storage: Entries | undefined): ReadGuidelines {
  const there = opened.get(account) ?? new ReadGuidelines(storage, account);
  opened.set(account, there);
  return there;
}
