// `collimate completion`: a script that makes a shell complete commands and flags, made from the commands themselves.

import { Argument, Command } from 'commander';
import { COMMANDS, type CommandEntry } from './commands.ts';
import { addExamples, type CliContext } from './context.ts';

/** A command with its summary and the flags that it takes. */
interface Entry {
  readonly name: string;
  readonly summary: string;
  readonly flags: readonly string[];
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
  if (name !== 'completion') (await load()).register(command, context);
  const flags = command.options.filter(({ hidden, long }) => !hidden && long).map(({ long }) => long!);
  return { name, summary, flags: [...flags, ...GLOBAL] };
}

const GLOBAL = ['--project', '--json', '--quiet', '--verbose', '--log', '--help'];

/** The words that may follow: of the program, and of each group of commands. */
function listWords(entries: readonly Entry[]): Map<string, string[]> {
  const words = new Map<string, string[]>([['', []]]);
  for (const { name } of entries) {
    const [first, second] = name.split(' ') as [string, string?];
    const of = words.get('')!;
    if (!of.includes(first)) of.push(first);
    if (second) words.set(first, [...(words.get(first) ?? []), second]);
  }
  return words;
}

/** The shell's own, which a template would take for a place of its own. */
const D = '$';

/** Each entry under what was typed before, so that `evaluate human` goes before `evaluate`. */
function writeBash(entries: readonly Entry[]): string {
  const words = [...listWords(entries)];
  const flags = entries.toSorted((a, b) => b.name.length - a.name.length);
  return [
    '# Completes collimate in bash.',
    '_collimate() {',
    `  local cur="${D}{COMP_WORDS[COMP_CWORD]}" line="${D}{COMP_WORDS[*]:1:COMP_CWORD-1}" words=""`,
    '  if [[ $cur == -* ]]; then',
    '    case "$line" in',
    ...flags.map(({ name, flags: own }) => `      '${name}'*) words='${own.join(' ')}' ;;`),
    `      *) words='${GLOBAL.join(' ')}' ;;`,
    '    esac',
    '  else',
    '    case "$line" in',
    ...words.map(([before, after]) => `      '${before}') words='${after.join(' ')}' ;;`),
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
    ...entries.flatMap(({ name, summary, flags }) => {
      const [first, second] = name.split(' ') as [string, string?];
      const seen = second
        ? `__fish_seen_subcommand_from ${first}; and __fish_seen_subcommand_from ${second}`
        : `__fish_seen_subcommand_from ${first}`;
      const word = second
        ? [`complete -c collimate -n '__fish_seen_subcommand_from ${first}' -a ${second} -d ${quote(summary)}`]
        : [];
      return [...word, ...flags.map((flag) => `complete -c collimate -n '${seen}' -l ${flag.slice(2)}`)];
    }),
  ].join('\n');
}

const WRITERS: Readonly<Record<Shell, (entries: readonly Entry[]) => string>> = {
  bash: writeBash,
  zsh: writeZsh,
  fish: writeFish,
};
