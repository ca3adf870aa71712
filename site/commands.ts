// The command reference: a page for each command, made of what the commands register with commander.

import { Writable } from 'node:stream';
import { type Argument, Command, type Option } from 'commander';
import { COMMANDS, type CommandEntry, GROUPS } from '../src/cli/commands.ts';
import { createContext } from '../src/cli/context.ts';
import { listConfigFlags } from '../src/cli/flags.ts';
import { createProgram } from '../src/cli/main.ts';
import { listConfigKeys } from '../src/project/config/config-keys.ts';
import { block, code, type Page, table, text } from './markdown.ts';

const FOLDER = 'reference/commands';
const fileOf = (name: string) => `${name.replaceAll(' ', '-')}.md`;

/** An index with a line for each command, and a page for each. */
export async function makeCommandPages(): Promise<Page[]> {
  const { index, heard } = makeIndex();
  const pages = [index];
  for (const entry of COMMANDS) pages.push(await makePage(entry, heard));
  return pages;
}

/** Streams of which what was written is kept. */
interface Heard {
  readonly program: Command;
  /** What was written since it was asked last. */
  take(): string;
}

function listen(): Heard {
  let written = '';
  const stream = new Writable({
    write(chunk, _, done) {
      written += String(chunk);
      done();
    },
  });
  const program = createProgram({ stdin: process.stdin, stdout: stream, stderr: stream });
  return {
    program,
    take() {
      const taken = written;
      written = '';
      return taken;
    },
  };
}

function makeIndex(): { index: Page; heard: Heard } {
  const heard = listen();
  const groups = Object.entries(GROUPS).map(([name, about]) => `- \`${name} …\`: ${text(about)}`);
  const body = [
    '# Commands',
    'A command is called as `npx collimate <command>`. With `--help` it says what its page says here.',
    table(
      ['command', 'what it does'],
      COMMANDS.map(({ name, summary }) => [`[\`${name}\`](${fileOf(name)})`, text(summary)]),
    ),
    'Words that several commands begin with:',
    groups.join('\n'),
    '## Flags of every command',
    listOptions(heard.program.options),
    'A flag may be spelled with `_` for `-`. Flags that set a key of the configuration are in its [reference](../configuration.md) too.',
    'Exit codes: 0 done, 1 failed, 2 misuse, 130 interrupted. [Troubleshooting](../../docs/troubleshooting.md) says what each error means.',
  ].join('\n\n');
  return { index: { path: `${FOLDER}/index.md`, body }, heard };
}

async function makePage({ name, summary, load }: CommandEntry, { program, take }: Heard): Promise<Page> {
  const command = new Command(name).configureOutput({
    writeOut: (words) => program.configureOutput().writeOut?.(words),
  });
  (await load()).register(
    command,
    createContext(program, new AbortController().signal, {
      stdin: process.stdin,
      stdout: process.stdout,
      stderr: process.stderr,
    }),
  );
  const shared = new Set(listConfigKeys().flatMap(({ path, section }) => (section ? [] : [path])));
  const flags = new Map([...listConfigFlags(command)].map(([path, flag]) => [flag, path]));
  const shown = command.options.filter(({ hidden }) => !hidden);
  const keyOf = ({ long }: Option) => flags.get(long ?? '');
  const own = shown.filter((option) => keyOf(option) === undefined);
  const keys = shown.filter((option) => keyOf(option) !== undefined && !shared.has(keyOf(option)!));
  const common = shown.filter((option) => shared.has(keyOf(option) ?? ''));
  command.outputHelp();
  const examples = /\nExamples:\n([\s\S]*)$/.exec(take())?.[1] ?? '';
  const body = [
    `# collimate ${name}`,
    `${text(summary)}.`,
    block('sh', `collimate ${name} ${command.usage()}`.trimEnd()),
    ...section('Arguments', listArguments(command.registeredArguments)),
    ...section('Flags', listOptions(own)),
    ...section('Flags that set keys of the configuration', listOptions(keys, keyOf)),
    ...(common.length === 0
      ? []
      : [
          `And those of all projects: ${common.map(({ long }) => code(long!)).join(', ')} ([configuration](../configuration.md)), and [those of every command](index.md#flags-of-every-command).`,
        ]),
    ...section('Examples', block('sh', examples.replace(/^ {2}\$ /gm, '').trimEnd())),
  ];
  return { path: `${FOLDER}/${fileOf(name)}`, body: body.join('\n\n') };
}

const section = (title: string, body: string): string[] =>
  body === '' || body === block('sh', '') ? [] : [`## ${title}`, body];

function listArguments(all: readonly Argument[]): string {
  if (all.length === 0) return '';
  const rows = all.map((argument) => {
    const name = `${argument.name()}${argument.variadic ? '...' : ''}`;
    const given = argument.defaultValue === undefined ? '' : ` (default ${code(String(argument.defaultValue))})`;
    const choices = argument.argChoices ? ` One of ${argument.argChoices.map(code).join(', ')}.` : '';
    return [code(argument.required ? `<${name}>` : `[${name}]`), `${text(argument.description)}${given}${choices}`];
  });
  return table(['argument', 'what it is'], rows);
}

function listOptions(all: readonly Option[], keyOf?: (option: Option) => string | undefined): string {
  if (all.length === 0) return '';
  const rows = all.map((option) => {
    const given = option.defaultValue === undefined ? '' : ` (default ${code(String(option.defaultValue))})`;
    const choices = option.argChoices ? ` One of ${option.argChoices.map(code).join(', ')}.` : '';
    return [
      code(option.flags),
      ...(keyOf ? [code(keyOf(option) ?? '')] : []),
      `${text(option.description)}${given}${choices}`,
    ];
  });
  return table(['flag', ...(keyOf ? ['key'] : []), 'what it does'], rows);
}
