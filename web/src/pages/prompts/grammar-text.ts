// A grammar as the texts of a form, and back. What the words must be to one another is checked by the server, whose preview
// says what is wrong.

export type Words = readonly string[] | Readonly<Record<string, string>>;

/** As under `prompts.grammar` of collimate.yaml. */
export interface WrittenGrammar {
  readonly subjects: readonly (string | Readonly<Record<string, string>>)[];
  readonly counts?: readonly string[];
  readonly colors?: readonly string[];
  readonly backgrounds?: Words;
  readonly slots?: Readonly<Record<string, Words>>;
  readonly templates?: Readonly<Record<string, string>>;
  readonly heldOut?: {
    readonly subjects?: number | readonly string[];
    readonly pairings?: readonly string[];
    readonly singles?: readonly string[];
    readonly share?: number;
  };
}

/** One entry a line; `name: text` where an entry has a name of its own. */
export interface GrammarDraft {
  readonly subjects: string;
  readonly counts: string;
  readonly colors: string;
  readonly backgrounds: string;
  readonly slots: readonly { readonly name: string; readonly words: string }[];
  readonly templates: string;
  readonly heldOutSubjects: string;
  readonly pairings: string;
  readonly singles: string;
  readonly share: string;
}

export function toDraft(grammar: WrittenGrammar): GrammarDraft {
  const { heldOut = {} } = grammar;
  const { subjects = 0 } = heldOut;
  return {
    subjects: grammar.subjects.map((entry) => (typeof entry === 'string' ? entry : pairsOf(entry))).join('\n'),
    counts: (grammar.counts ?? []).join('\n'),
    colors: (grammar.colors ?? []).join('\n'),
    backgrounds: writeWords(grammar.backgrounds ?? []),
    slots: Object.entries(grammar.slots ?? {}).map(([name, words]) => ({ name, words: writeWords(words) })),
    templates: pairsOf(grammar.templates ?? {}),
    heldOutSubjects: typeof subjects === 'number' ? String(subjects) : subjects.join(', '),
    pairings: (heldOut.pairings ?? []).join(', '),
    singles: (heldOut.singles ?? []).join(', '),
    share: String(heldOut.share ?? 0.2),
  };
}

export function fromDraft(draft: GrammarDraft): WrittenGrammar {
  const heldOut = splitList(draft.heldOutSubjects);
  const number = heldOut.length <= 1 ? Number(heldOut[0] ?? 0) : Number.NaN;
  const templates = Object.fromEntries(lines(draft.templates).map(readPair));
  return {
    subjects: lines(draft.subjects).map((line) => (line.includes(':') ? Object.fromEntries([readPair(line)]) : line)),
    counts: lines(draft.counts),
    colors: lines(draft.colors),
    backgrounds: readWords(draft.backgrounds),
    slots: Object.fromEntries(
      draft.slots.filter(({ name }) => name.trim() !== '').map(({ name, words }) => [name.trim(), readWords(words)]),
    ),
    ...(Object.keys(templates).length > 0 && { templates }),
    heldOut: {
      subjects: Number.isNaN(number) ? heldOut : number,
      pairings: splitList(draft.pairings),
      singles: splitList(draft.singles),
      share: Number(draft.share) || 0,
    },
  };
}

function pairsOf(entries: Readonly<Record<string, string>>): string {
  return Object.entries(entries)
    .map(([name, text]) => `${name}: ${text}`)
    .join('\n');
}

function writeWords(words: Words): string {
  return Array.isArray(words) ? words.join('\n') : pairsOf(words as Readonly<Record<string, string>>);
}

/** Lines with names make a mapping, others a list; a line without a name among named ones is its own name. */
function readWords(text: string): Words {
  const all = lines(text);
  return all.some((line) => line.includes(':')) ? Object.fromEntries(all.map(readPair)) : all;
}

function readPair(line: string): [string, string] {
  const at = line.indexOf(':');
  return at < 0 ? [line, line] : [line.slice(0, at).trim(), line.slice(at + 1).trim()];
}

const lines = (text: string) => text.split('\n').flatMap((line) => line.trim() || []);
const splitList = (text: string) => text.split(/[,\n]/).flatMap((word) => word.trim() || []);
