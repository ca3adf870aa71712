// The configuration as rows, and the commands that repeat a run with it.

import { listConfigKeys, readConfigValue } from '../../store/config-keys.ts';
import type { Project } from '../../store/project.ts';
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
}: Pick<ReportData, 'feedback' | 'reward' | 'tuning' | 'evaluation'>): string[] {
  const simulated = feedback?.raters.some(({ kind }) => kind === 'simulated');
  const stages: [boolean, string][] = [
    [true, 'collimate generate'],
    [feedback !== null, simulated ? 'collimate label --simulate' : '# rate the images'],
    [reward !== null, 'collimate reward train'],
    [tuning !== null, tuning && tuning.name !== 'tuned' ? `collimate tune --name ${tuning.name}` : 'collimate tune'],
    [evaluation !== null, describeEvaluate(evaluation)],
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
