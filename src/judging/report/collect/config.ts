// The configuration as rows, and the commands that repeat a run with it.

import { listConfigKeys, readConfigValue } from '../../../project/config/config-keys.ts';
import type { Project } from '../../../project/project.ts';
import type { ConfigRow, ReportData } from '../data.ts';

export function collectConfig({ config }: Project): ConfigRow[] {
  return listConfigKeys().map((key) => {
    const value = JSON.stringify(readConfigValue(config, key));
    return { key: key.path, value, set: value !== JSON.stringify(key.default), description: key.description };
  });
}

/** The stages that this report tells about, as commands after one that makes the project. */
export function listCommands({
  feedback,
  reward,
  tuning,
  evaluation,
  verdicts,
  measures,
}: Pick<ReportData, 'feedback' | 'reward' | 'tuning' | 'evaluation' | 'verdicts' | 'measures'>): string[] {
  const simulated = feedback?.raters.some(({ kind }) => kind === 'simulated');
  const stages: [boolean, string][] = [
    [true, 'collimate generate'],
    [feedback !== null, simulated ? 'collimate label --simulate' : '# rate the images'],
    [reward !== null, 'collimate reward train'],
    [tuning !== null, tuning && tuning.name !== 'tuned' ? `collimate tune --name ${tuning.name}` : 'collimate tune'],
    [evaluation !== null, describeEvaluate(evaluation)],
    [measures !== null, describeMeasures(measures)],
    ...verdicts.map(({ verdict }): [boolean, string] => [true, describeStudy(verdict)]),
    [true, 'collimate report'],
  ];
  return [
    '# in a folder with this project’s collimate.yaml',
    ...stages.flatMap(([done, command]) => (done ? [command] : [])),
  ];
}

function describeEvaluate(evaluation: ReportData['evaluation']): string {
  const names = evaluation?.contestants.filter(({ kind }) => kind !== 'best-of').map(({ name }) => name) ?? [];
  return names.join() === 'base,tuned' ? 'collimate evaluate' : `collimate evaluate --models ${names.join(',')}`;
}

function describeMeasures(measures: ReportData['measures']): string {
  const names = measures?.models.map(({ name }) => name).join(',') ?? '';
  const folder = measures?.reference?.kind === 'folder' ? ` --reference ${measures.reference.path}` : '';
  return `collimate evaluate measures${names === 'base,tuned' ? '' : ` --models ${names}`}${folder}`;
}

function describeStudy({ study, rows, ratersPerPair, simulated }: ReportData['verdicts'][number]['verdict']): string {
  const compared = [...new Set(rows.map(({ a, b }) => `${a}:${b}`))].join(',');
  const flags = [
    study === 'human' ? '' : ` --name ${study}`,
    compared === 'tuned:base' ? '' : ` --compare ${compared}`,
    ratersPerPair === 9 ? '' : ` --raters-per-pair ${ratersPerPair}`,
    simulated === 'all' ? ' --simulate' : '  # raters answer in the studio',
  ];
  return `collimate evaluate human${flags.join('')}`;
}
