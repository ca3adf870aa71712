// Where answers wait until the server has confirmed them: one entry of the browser's storage each, so that two tabs never
// overwrite each other's. Where storage is full or forbidden they wait in memory, and `durable` says so.

/** One message to the server: an operation of the API and what it takes. Sending it twice does no harm. */
export interface Envelope {
  readonly id: string;
  readonly operation: string;
  readonly input: unknown;
  /** The lease and the image that it is about: not to be asked again while this waits. */
  readonly about: readonly string[];
  /** When it was given, by the browser's clock. */
  readonly at?: number;
}

export interface OutboxStore {
  /** What waits, in the order in which it was put. */
  list(): Envelope[];
  put(envelope: Envelope): void;
  remove(id: string): void;
  /** Whether all that waits would survive the closing of the page. */
  readonly durable: boolean;
}

type Entries = Pick<Storage, 'getItem' | 'setItem' | 'removeItem' | 'key' | 'length'>;

/** The outbox of one account; answers of another account on the same browser stay theirs. */
export function openOutboxStore(storage: Entries | undefined, account: string): OutboxStore {
  const prefix = `collimate.outbox.${account}.`;
  const memory = new Map<string, string>();
  let sequence = 0;

  function storedKeys(): string[] {
    if (!storage) return [];
    return Array.from({ length: storage.length }, (_, i) => storage.key(i)!).filter((key) => key.startsWith(prefix));
  }

  function entries(): { key: string; envelope: Envelope }[] {
    const keys = new Set([...storedKeys(), ...memory.keys()]);
    return [...keys].sort().flatMap((key) => {
      const envelope = parse(memory.get(key) ?? storage?.getItem(key) ?? null);
      return envelope ? [{ key, envelope }] : [];
    });
  }

  return {
    list: () => entries().map(({ envelope }) => envelope),
    put(envelope) {
      sequence += 1;
      const key = `${prefix}${Date.now().toString().padStart(15, '0')}.${sequence.toString().padStart(6, '0')}`;
      const text = JSON.stringify(envelope);
      try {
        if (!storage) throw new Error('the browser gives no storage');
        storage.setItem(key, text);
      } catch {
        memory.set(key, text);
      }
    },
    remove(id) {
      for (const { key, envelope } of entries()) {
        if (envelope.id !== id) continue;
        memory.delete(key);
        storage?.removeItem(key);
      }
    },
    get durable() {
      return memory.size === 0;
    },
  };
}

/** An entry read back; one that something else wrote is passed over. */
function parse(text: string | null): Envelope | undefined {
  try {
    const { id, operation, input, about, at } = JSON.parse(text ?? '') as Envelope;
    return typeof id === 'string' && typeof operation === 'string' && Array.isArray(about)
      ? { id, operation, input, about, ...(typeof at === 'number' && { at }) }
      : undefined;
  } catch {
    return undefined;
  }
}
