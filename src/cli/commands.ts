// The list of commands. Each is one file that exports `register(command, context)`: it gets a commander `Command` that
// has its name and summary from here, and adds arguments, flags (`addConfigFlags`), examples (`addExamples`) and an
// action. The action calls `withProject` or `withStage`, hands plain values to a function of a stage, and prints what
// that returns with `context.print(result, text)`. Modules are loaded only when their command is named.

import type { Command } from 'commander';
import type { CliContext } from './context.ts';

/** What a command's file exports. */
export interface CommandModule {
  register(command: Command, context: CliContext): void;
}

export interface CommandEntry {
  /** One word, or a group and a word: `reward train`. */
  name: string;
  summary: string;
  load(): Promise<CommandModule>;
}

/** Every command, in the order in which a newcomer meets them. */
export const COMMANDS: readonly CommandEntry[] = [
  { name: 'demo', summary: 'Run the whole method on the embedded world', load: () => import('./demo.ts') },
  { name: 'init', summary: 'Make a project', load: () => import('./init.ts') },
  { name: 'generate', summary: 'Draw the images that are rated', load: () => import('./generate.ts') },
  { name: 'label', summary: 'Have simulated raters rate the images', load: () => import('./label.ts') },
  {
    name: 'quality',
    summary: 'Say how far raters agree, how each one does, and what more answers would bring',
    load: () => import('./quality.ts'),
  },
  { name: 'raters', summary: 'List raters; exclude one or take one in again', load: () => import('./raters.ts') },
  {
    name: 'reward train',
    summary: 'Train the reward function on the ratings and score all images',
    load: () => import('./reward-train.ts'),
  },
  {
    name: 'reward eval',
    summary: 'Compare the reward function and the CLIP score with the ratings',
    load: () => import('./reward-eval.ts'),
  },
  {
    name: 'reward export',
    summary: 'Write the reward function as one ONNX file, pixels and ids to scores',
    load: () => import('./reward-export.ts'),
  },
  { name: 'tune', summary: 'Fine-tune the model by the reward of its own images', load: () => import('./tune.ts') },
  { name: 'draw', summary: 'Draw a picture of a prompt to a file', load: () => import('./draw.ts') },
  {
    name: 'score',
    summary: 'Score a picture file against a prompt by the reward function and CLIP',
    load: () => import('./score.ts'),
  },
  {
    name: 'evaluate',
    summary: 'Judge base, tuned and best of N on the same prompts and seeds',
    load: () => import('./evaluate.ts'),
  },
  {
    name: 'evaluate measures',
    summary: 'Measure images by CLIP score, distances, diversity and reward',
    load: () => import('./evaluate-measures.ts'),
  },
  {
    name: 'evaluate geneval',
    summary: 'Score models on GenEval with your own object detector',
    load: () => import('./evaluate-geneval.ts'),
  },
  {
    name: 'evaluate human',
    summary: 'Make a pair study that people answer, or plan one',
    load: () => import('./evaluate-human.ts'),
  },
  {
    name: 'evaluate verdict',
    summary: 'Read what people said in a pair study',
    load: () => import('./evaluate-verdict.ts'),
  },
  {
    name: 'export',
    summary: 'Write images, prompts and answers in a format of the field',
    load: () => import('./export.ts'),
  },
  {
    name: 'import',
    summary: 'Read images, prompts and answers from a file or folder',
    load: () => import('./import.ts'),
  },
  {
    name: 'prompts import',
    summary: 'Add prompts from text, CSV or JSON lines',
    load: () => import('./prompts-import.ts'),
  },
  { name: 'prompts list', summary: 'List the stored prompts', load: () => import('./prompts-list.ts') },
  {
    name: 'round',
    summary: 'Go on with the tuned model: draw anew, keep all answers',
    load: () => import('./round.ts'),
  },
  {
    name: 'status',
    summary: 'Say where the project stands, what runs, what models scored, and what to do next',
    load: () => import('./status.ts'),
  },
  {
    name: 'check',
    summary: 'Compare all files of the project with what was recorded of them',
    load: () => import('./check.ts'),
  },
  {
    name: 'remove',
    summary: 'Remove models, prompts or pictures, where nothing needs them',
    load: () => import('./remove.ts'),
  },
  {
    name: 'backup',
    summary: 'Copy the whole project to another folder, while people rate',
    load: () => import('./backup.ts'),
  },
  { name: 'restore', summary: 'Make a project of a backup, and check its files', load: () => import('./restore.ts') },
  {
    name: 'worker',
    summary: 'Take work of a project on servers, on any machine that reaches them',
    load: () => import('./worker.ts'),
  },
  {
    name: 'work',
    summary: 'Say what waits for workers, who works, and what failed; try it again',
    load: () => import('./work.ts'),
  },
  { name: 'studio', summary: 'Rate and steer in the browser', load: () => import('./studio.ts') },
  { name: 'people list', summary: 'List accounts of the studio', load: () => import('./people-list.ts') },
  {
    name: 'people reset',
    summary: 'Make a link by which somebody sets a forgotten password anew, or set one',
    load: () => import('./people-reset.ts'),
  },
  {
    name: 'people owner',
    summary: 'Make another account the owner of the studio',
    load: () => import('./people-owner.ts'),
  },
  {
    name: 'people erase',
    summary: 'Remove a person; answers stay under a pseudonym, or go too',
    load: () => import('./people-erase.ts'),
  },
  { name: 'report', summary: 'Write the story of the run as one HTML file', load: () => import('./report.ts') },
  {
    name: 'move-database',
    summary: 'Move the project from SQLite to PostgreSQL, or back',
    load: () => import('./move-database.ts'),
  },
  {
    name: 'move-objects',
    summary: 'Move pictures and weights to a bucket for several machines, or back',
    load: () => import('./move-objects.ts'),
  },
  {
    name: 'lineage',
    summary: 'Walk from an image to its prompt, model and ratings; or back, from a model, reward or prompt',
    load: () => import('./lineage.ts'),
  },
  { name: 'pull', summary: 'Fetch a model from the Hugging Face hub', load: () => import('./pull.ts') },
  {
    name: 'convert',
    summary: 'Write a model in another layout or precision, or with LoRA files merged',
    load: () => import('./convert.ts'),
  },
  {
    name: 'config',
    summary: 'Print each value of the configuration and where it came from',
    load: () => import('./config.ts'),
  },
  {
    name: 'verify',
    summary: 'Compare what is computed here with reference tensors',
    load: () => import('./verify.ts'),
  },
  {
    name: 'reproduce',
    summary: 'Measure the claims of the paper over several seeds; takes hours',
    load: () => import('./reproduce.ts'),
  },
  {
    name: 'experiment',
    summary: 'Run a design choice as a grid over seeds, and write one page',
    load: () => import('./experiment.ts'),
  },
  { name: 'bench', summary: 'Time training and drawing on this machine', load: () => import('./bench.ts') },
  {
    name: 'pretrain',
    summary: 'Train the models that ship with the package',
    load: () => import('./pretrain.ts'),
  },
  {
    name: 'completion',
    summary: 'Print what makes a shell complete commands and flags',
    load: () => import('./completion.ts'),
  },
  { name: 'doctor', summary: 'Say what this machine can do', load: () => import('./doctor.ts') },
];

/** What each group of commands is about. */
export const GROUPS: Readonly<Record<string, string>> = {
  people: 'Accounts of the studio: list, reset a password, erase',
  reward: 'Train and judge the reward function',
  prompts: 'Add and list prompts',
};
