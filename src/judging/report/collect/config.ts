// The configuration as rows, and words of the commands that repeat what was made with it.

import { listConfigKeys, readConfigValue } from '../../../project/config/config-keys.ts';
import type { Project } from '../../../project/project.ts';
import type { ConfigRow, ReportData } from '../data.ts';

export function collectConfig({ config }: Project): ConfigRow[] {
  return listConfigKeys().map((key) => {
    const value = JSON.stringify(readConfigValue(config, key));
    return { key: key.path, value, set: value !== JSON.stringify(key.default), description: key.description };
  });
}

/** The flag that names models, where they are others than the command takes by itself. */
export function modelsFlag(models: readonly { readonly name: string }[]): string {
  const names = models.map(({ name }) => name).join(',');
  return names === 'base,tuned' ? '' : ` --models ${names}`;
}

export function measuresCommand(measures: ReportData['measures']): string {
  const folder = measures?.reference?.kind === 'folder' ? ` --reference ${measures.reference.path}` : '';
  return `evaluate measures${modelsFlag(measures?.models ?? [])}${folder}`;
}

export function studyCommand({
  study,
  rows,
  ratersPerPair,
  simulated,
}: ReportData['verdicts'][number]['verdict']): string {
  const compared = [...new Set(rows.map(({ a, b }) => `${a}:${b}`))].join(',');
  const flags = [
    study === 'human' ? '' : ` --name ${study}`,
    compared === 'tuned:base' ? '' : ` --compare ${compared}`,
    ratersPerPair === 9 ? '' : ` --raters-per-pair ${ratersPerPair}`,
    simulated === 'all' ? ' --simulate' : '  # raters answer in the studio',
  ];
  return `collimate evaluate human${flags.join('')}`;
}
