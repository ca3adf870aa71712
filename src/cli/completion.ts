// `collimate completion`: a script that makes a shell complete commands, flags and the words that they take, made from the commands
// themselves.

import { Argument, Command } from 'commander';
import { COMMANDS, type CommandEntry } from './commands.ts';
import { addExamples, type CliContext } from './context.ts';
import { listValues } from './flags.ts';

/** A command with its summary and the flags that it takes. */
interface Entry {
  readonly name: string;
  readonly summary: string;
  readonly flags: readonly string[];
  /** The words that may follow the command, where they are few. */
  readonly words: readonly string[];
  /** The words that each flag takes, of those that take one of few. */
  readonly values: readonly (readonly [flag: string, words: readonly string[]])[];
}

type Shell = 'bash' | 'zsh' | 'fish';

export function register(command: Command, context: CliContext): void {
  command
    .addArgument(new Argument('<shell>', 'which shell').choices(['bash', 'zsh', 'fish']))
    .action(async (shell: Shell) => {
      const entries = await Promise.all(COMMANDS.map((entry) => readEntry(entry, context)));
      const script = WRITERS[shell](entries);
      context.print({ shell, script }, script);
    });
  addExamples(command, [
    'completion bash > ~/.local/share/bash-completion/completions/collimate',
    'completion zsh > ~/.zfunc/_collimate',
    'completion fish > ~/.config/fish/completions/collimate.fish',
  ]);
}

async function readEntry({ name, summary, load }: CommandEntry, context: CliContext): Promise<Entry> {
  const command = new Command(name);
  (await load()).register(command, context);
  const options = command.options.filter(({ hidden, long }) => !hidden && long);
  const values = options.map((option) => [option.long!, listValues(option)] as const);
  return {
    name,
    summary,
    flags: [...options.map(({ long }) => long!), ...GLOBAL],
    words: command.registeredArguments[0]?.argChoices ?? [],
    values: [...values.filter(([, words]) => words.length > 0), ['--log', ['text', 'json']]],
  };
}

const GLOBAL = ['--project', '--json', '--quiet', '--verbose', '--log', '--help'];

/** The words that may follow: of the program, and of each group of commands. */
function listWords(entries: readonly Entry[]): Map<string, string[]> {
  const words = new Map<string, string[]>([['', []]]);
  for (const { name, words: own } of entries) {
    const [first, second] = name.split(' ') as [string, string?];
    if (own.length > 0) words.set(name, [...own]);
    const of = words.get('')!;
    if (!of.includes(first)) of.push(first);
    if (second) words.set(first, [...(words.get(first) ?? []), second]);
  }
  return words;
}

/** The shell's own, which a template would take for a place of its own. */
const D = '$';

/** Words of a list that is parted by lines, since a word may have a blank. */
const lines = (words: readonly string[]) => `$'${words.join('\\n')}'`;

/** Each entry under what was typed before, so that `evaluate human` goes before `evaluate`. */
function writeBash(entries: readonly Entry[]): string {
  const words = [...listWords(entries)];
  const byLength = entries.toSorted((a, b) => b.name.length - a.name.length);
  const valuesOf = ({ name, values }: Entry) => [
    `    '${name}'*) case "$before" in`,
    ...values.map(([flag, of]) => `      ${flag}) words=${lines(of)} ;;`),
    '    esac ;;',
  ];
  return [
    '# Completes collimate in bash.',
    '_collimate() {',
    `  local cur="${D}{COMP_WORDS[COMP_CWORD]}" line="${D}{COMP_WORDS[*]:1:COMP_CWORD-1}" words=""`,
    `  local before="${D}{COMP_WORDS[COMP_CWORD-1]}"`,
    '  # --flag=value is three words here.',
    '  [[ $cur == = ]] && before="=" cur=""',
    `  [[ $before == = ]] && before="${D}{COMP_WORDS[COMP_CWORD-2]}"`,
    `  local IFS=$'\\n'`,
    '  case "$line" in',
    ...byLength.flatMap(valuesOf),
    '  esac',
    '  if [[ -n $words ]]; then :',
    '  elif [[ $cur == -* ]]; then',
    '    case "$line" in',
    ...byLength.map(({ name, flags }) => `      '${name}'*) words=${lines(flags)} ;;`),
    `      *) words=${lines(GLOBAL)} ;;`,
    '    esac',
    '  else',
    '    case "$line" in',
    ...words.map(([before, after]) => `      '${before}') words=${lines(after)} ;;`),
    '    esac',
    '  fi',
    '  COMPREPLY=($(compgen -W "$words" -- "$cur"))',
    `  [[ ${D}{#COMPREPLY[@]} -gt 0 ]] || COMPREPLY=($(compgen -f -- "$cur"))`,
    '}',
    'complete -o filenames -F _collimate collimate',
  ].join('\n');
}

function writeZsh(entries: readonly Entry[]): string {
  return ['#compdef collimate', 'autoload -U +X bashcompinit && bashcompinit', writeBash(entries)].join('\n');
}

const quote = (text: string) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;

function writeFish(entries: readonly Entry[]): string {
  const firsts = new Set(entries.map(({ name }) => name.split(' ')[0]!));
  const summaryOf = (word: string) => entries.find(({ name }) => name === word)?.summary ?? `commands of ${word}`;
  return [
    '# Completes collimate in fish.',
    ...[...firsts].map(
      (word) => `complete -c collimate -n __fish_use_subcommand -a ${word} -d ${quote(summaryOf(word))}`,
    ),
    ...entries.flatMap(({ name, summary, flags, words, values }) => {
      const [first, second] = name.split(' ') as [string, string?];
      const seen = second
        ? `__fish_seen_subcommand_from ${first}; and __fish_seen_subcommand_from ${second}`
        : `__fish_seen_subcommand_from ${first}`;
      const word = second
        ? [`complete -c collimate -n '__fish_seen_subcommand_from ${first}' -a ${second} -d ${quote(summary)}`]
        : [];
      const takes = new Map(values);
      const valuesOf = (flag: string) =>
        takes.has(flag) ? ` -x -a ${quote(takes.get(flag)!.map(quote).join(' '))}` : '';
      return [
        ...word,
        ...(words.length > 0 ? [`complete -c collimate -n '${seen}' -a ${quote(words.join(' '))}`] : []),
        ...flags.map((flag) => `complete -c collimate -n '${seen}' -l ${flag.slice(2)}${valuesOf(flag)}`),
      ];
    }),
  ].join('\n');
}

const WRITERS: Readonly<Record<Shell, (entries: readonly Entry[]) => string>> = {
  bash: writeBash,
  zsh: writeZsh,
  fish: writeFish,
};
