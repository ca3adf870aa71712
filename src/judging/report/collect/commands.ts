// The commands that repeat what a report tells about, each with the settings that its run was stored with as flags: what
// the project's file says now, or said for another stage, decides nothing.

import { currentSettings } from '../../../method/tuning/mixture.ts';
import type { ConfigSection } from '../../../project/config/config.ts';
import { type ConfigKey, listConfigKeys, readKey } from '../../../project/config/config-keys.ts';
import { listImages } from '../../../project/images/images.ts';
import { WAYS } from '../../../project/images/pools.ts';
import { listCheckpoints } from '../../../project/learning/checkpoints.ts';
import { listAskedRuns, listRuns, type Run } from '../../../project/learning/runs.ts';
import type { Project } from '../../../project/project.ts';
import { canonicalJson } from '../../../util/hash.ts';
import type { ReportData } from '../data.ts';
import { measuresCommand, modelsFlag, studyCommand } from './config.ts';

const DRAWING = [...WAYS, 'batchSize'];

/** The sections whose keys are flags of a stage's command; of a section with keys after it, these alone. */
const SECTIONS: Readonly<Record<string, readonly (readonly [section: ConfigSection, only?: readonly string[]])[]>> = {
  generate: [['generate'], ['prompts']],
  label: [['label']],
  'reward train': [['reward']],
  tune: [['tune'], ['generate', DRAWING]],
  evaluate: [['evaluate'], ['generate', DRAWING]],
  measures: [['evaluate'], ['generate', DRAWING]],
};

type Told = Pick<ReportData, 'feedback' | 'reward' | 'tuning' | 'evaluation' | 'verdicts' | 'measures'>;

/** Commands for a new project without settings of its own, in the order in which their runs ended. */
export async function collectCommands(project: Project, told: Told): Promise<string[]> {
  const { db } = project;
  const done = (await listRuns(db, { status: 'done' })).sort((a, b) =>
    (a.finishedAt ?? '') < (b.finishedAt ?? '') ? -1 : 1,
  );
  const tuned = await listTuned(project, told);
  const rewards = new Set([
    told.reward?.hash,
    told.evaluation?.rewardHash,
    ...tuned.map(({ config }) => config.rewardHash),
  ]);
  const [measured] = told.measures ? await listAskedRuns(db, 'measures') : [];
  const isTold: Readonly<Record<string, (run: Run) => boolean>> = {
    generate: () => true,
    label: () => true,
    'reward train': ({ progress }) => rewards.has(progress.rewardHash as string),
    tune: ({ id }) => tuned.some((run) => run.id === id),
    evaluate: ({ id }) => id === told.evaluation?.runId,
    measures: ({ id }) => id === measured?.id,
  };
  const commands = done.filter((run) => isTold[run.stage]?.(run)).flatMap((run) => describeRun(project, run, told));
  return [
    '# in a new project (collimate init) without settings of its own; flags are the settings of the runs themselves',
    ...(await describeOutside(project, told)),
    ...commands,
    ...told.verdicts.map(({ verdict }) => studyCommand(verdict)),
    'collimate report',
  ];
}

/** The tuning runs of the models that were evaluated or are told about, and those that they went on from. */
async function listTuned({ db }: Project, { tuning, evaluation, measures }: Told): Promise<Run[]> {
  const runs = await listRuns(db, { stage: 'tune' });
  const models = new Set(
    [...(evaluation?.contestants ?? []), ...(measures?.models ?? [])].map(({ modelHash }) => modelHash),
  );
  const makers = (await listCheckpoints(db)).filter(({ modelHash }) => models.has(modelHash)).map(({ runId }) => runId);
  const wanted = new Set([...makers, ...(tuning ? [tuning.runId] : [])]);
  for (const run of [...runs].reverse()) {
    const { runId } = (run.config.continues ?? {}) as { runId?: string };
    if (wanted.has(run.id) && runId) wanted.add(runId);
  }
  return runs.filter(({ id }) => wanted.has(id));
}

function describeRun(project: Project, run: Run, told: Told): string[] {
  const { stage, config } = run;
  const sections = SECTIONS[stage]!;
  const name = config.name === undefined || config.name === 'tuned' ? '' : ` --name ${config.name}`;
  const continues = config.continues as { step: number } | undefined;
  if (continues) {
    const { maxTrainSteps } = config.tune as { maxTrainSteps: number };
    return [`collimate tune${name} --more-steps ${maxTrainSteps - continues.step}`];
  }
  const words: Readonly<Record<string, string>> = {
    label: `label --simulate${config.purpose === 'evaluation' ? ' --purpose evaluation' : ''}`,
    tune: `tune${name}`,
    evaluate: `evaluate${modelsFlag(told.evaluation?.contestants.filter(({ kind }) => kind !== 'best-of') ?? [])}`,
    measures: measuresCommand(told.measures),
  };
  const settings = readSettings(project, run);
  const keys = listConfigKeys().filter(
    (key) => isOf(key, sections) && key.name !== 'database' && differs(key, settings),
  );
  const flags = keys
    .filter(({ kind }) => kind !== 'mapping')
    .map((key) => ` --${key.flag}=${quote(readKey(settings, key))}`);
  const mappings = keys
    .filter(({ kind }) => kind === 'mapping')
    .map(({ path }) => `# with ${path} as in this project’s collimate.yaml`);
  const unknown =
    run.settings === null
      ? [`# ${run.id} is of an earlier version: keys that it did not store are those of collimate.yaml now`]
      : [];
  return [...unknown, ...mappings, `collimate ${words[stage] ?? stage}${flags.join('')}`];
}

/** The configuration of a run; what is part of its identity goes before what the whole project had. */
function readSettings({ config }: Project, run: Run): Record<string, unknown> {
  const whole: Record<string, unknown> = { ...config, ...run.settings };
  const own = Object.entries(run.config).filter(([key]) => key !== 'name' && Object.hasOwn(config, key));
  const known = Object.fromEntries(own);
  const tune = known.tune ? { tune: currentSettings(known.tune as Record<string, unknown>) } : {};
  return { ...whole, ...known, ...tune };
}

function isOf(key: ConfigKey, sections: (typeof SECTIONS)[string]): boolean {
  return (
    key.section === undefined ||
    sections.some(([section, only]) => section === key.section && (only?.includes(key.name) ?? true))
  );
}

function differs(key: ConfigKey, settings: Record<string, unknown>): boolean {
  const value = readKey(settings, key);
  return value !== undefined && canonicalJson(value) !== canonicalJson(key.default);
}

/** A value as a word of a shell. */
function quote(value: unknown): string {
  const text = String(value);
  return /^[\w.,:/@%+-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** What no command of this list brings. */
async function describeOutside({ db }: Project, { feedback }: Told): Promise<string[]> {
  const images = await listImages(db, { purpose: 'feedback' });
  const outside = images.filter(({ sampler }) => sampler === 'none').length;
  const stopped = (await listRuns(db, { stage: 'generate' })).filter(({ status }) => status !== 'done');
  const people = feedback?.raters.filter(({ kind }) => kind === 'human').length ?? 0;
  return [
    ...(outside > 0 ? [`# ${outside} pictures came from outside: import them again first`] : []),
    ...stopped.map(({ id }) => `# pictures of ${id}, which was stopped, are among those that were used`),
    ...(people > 0 ? [`# answers of ${people} people come from an export of this project (collimate import)`] : []),
  ];
}
