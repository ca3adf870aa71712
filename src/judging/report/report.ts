// The last stage: gathers what the others left and writes `report.html` and `report.json` into the project's folder.

import { basename, join } from 'node:path';
import type { Project } from '../../project/project.ts';
import { writeFileAtomic } from '../../util/files.ts';
import type { Progress } from '../../util/progress.ts';
import { collectAsked } from './collect/asked.ts';
import { collectCommands } from './collect/commands.ts';
import { collectConfig } from './collect/config.ts';
import { collectCost } from './collect/cost.ts';
import { collectEvaluation } from './collect/evaluation.ts';
import { collectFeedback } from './collect/feedback.ts';
import { collectLineage } from './collect/lineage.ts';
import { collectGeneval, collectMeasures } from './collect/measures.ts';
import { collectReward } from './collect/reward.ts';
import { collectTuning } from './collect/tuning.ts';
import { collectVerdicts } from './collect/verdicts.ts';
import type { ReportData } from './data.ts';
import { renderPage } from './page.ts';
import { renderWithPictures } from './pictures.ts';

export interface ReportResult {
  readonly html: string;
  readonly json: string;
  readonly data: ReportData;
  /** Sections left out because their stage has not run. */
  readonly missing: readonly string[];
}

/** Everything that a project can tell; null for stages that have not run. */
export async function collectReport(project: Project): Promise<ReportData> {
  const evaluation = await collectEvaluation(project);
  const feedback = await collectFeedback(project);
  const reward = await collectReward(project, evaluation);
  const tunedHash = evaluation?.contestants.find(({ kind }) => kind === 'tuned')?.modelHash;
  const tuning = await collectTuning(project, { modelHash: tunedHash });
  const stages = { feedback, reward, tuning, evaluation };
  const { verdicts, unanswered } = await collectVerdicts(project);
  const [measures, geneval] = [await collectMeasures(project), await collectGeneval(project)];
  return {
    version: 1,
    title: basename(project.dir),
    createdAt: new Date().toISOString(),
    seed: project.config.seed,
    asked: await collectAsked(project),
    ...stages,
    verdicts,
    unanswered,
    measures,
    geneval,
    lineage: await collectLineage(project, stages),
    cost: await collectCost(project, [
      { stage: 'training the reward function', seconds: reward?.seconds ?? 0 },
      { stage: 'fine-tuning steps', seconds: tuning?.seconds ?? 0 },
    ]),
    config: collectConfig(project),
    commands: await collectCommands(project, { ...stages, verdicts, measures }),
  };
}

/** Writes both files anew from what is stored now. */
export async function writeReport({
  project,
  progress,
}: {
  project: Project;
  progress: Progress;
}): Promise<ReportResult> {
  progress.stage('report', 1);
  const data = await collectReport(project);
  const [html, json] = [join(project.dir, 'report.html'), join(project.dir, 'report.json')];
  writeFileAtomic(json, `${JSON.stringify(data, null, 1)}\n`);
  writeFileAtomic(html, await renderWithPictures(project.images, (picture) => renderPage(data, picture)));
  progress.tick(1);
  progress.done();
  const stages = {
    feedback: data.feedback,
    reward: data.reward,
    tuning: data.tuning,
    evaluation: data.evaluation ?? data.measures,
  };
  const missing = Object.entries(stages).flatMap(([name, found]) => (found === null ? [name] : []));
  return { html, json, data, missing };
}
