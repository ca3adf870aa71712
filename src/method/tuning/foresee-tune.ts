// What `tune` would do: its plan, the memory and the room that it takes, and its time by the last run.

import { join } from 'node:path';
import { listRuns } from '../../project/learning/runs.ts';
import type { Project } from '../../project/project.ts';
import { median } from '../../statistics/median.ts';
import { bytesOf } from '../../util/disk.ts';
import { formatDuration, plural } from '../../util/text.ts';
import { type Foresight, freeBytes, NOT_TIMED } from '../foresight.ts';
import type { Session } from '../session.ts';
import { describeMemory, planMemory } from './memory-plan.ts';
import { drawsPictures } from './methods/methods.ts';
import { readMetrics } from './metrics.ts';
import { describePlan, planRun } from './plan.ts';
import { openPictureJudge } from './policy/judge.ts';
import { describePrecision } from './precision.ts';
import { prepareRun, type TuneOptions } from './prepare.ts';
import { checkReplacing } from './replacing.ts';
import { learningShapes } from './text-encoders.ts';
import { toRunConfig } from './tune.ts';

/** @throws CollimateError USAGE where `tune` would refuse to replace a finished model */
export async function foreseeTune(session: Session, options: TuneOptions): Promise<Foresight> {
  const { project } = session;
  const prepared = await prepareRun(session, { ...options, scores: 'as they are' });
  if (options.moreSteps === undefined)
    await checkReplacing(session, prepared, await toRunConfig(project, prepared), options);
  const { pipeline, settings } = prepared;
  const { learning, shapes } = learningShapes(pipeline, settings);
  const judge = drawsPictures(settings) ? await openPictureJudge(session, prepared) : undefined;
  const memory = planMemory(learning, shapes, settings, judge);
  await judge?.dispose();
  const precision = describePrecision(settings, judge !== undefined);
  const each = await secondsOfStep(project);
  const { maxTrainSteps: steps, checkpointingSteps, checkpointsTotalLimit: limit, emaDecay } = settings;
  const made = Math.max(1, checkpointingSteps > 0 ? Math.floor(steps / checkpointingSteps) : 0);
  const kept = limit > 0 ? Math.min(limit, made) : made;
  // A checkpoint has the learned weights; the newest has the optimiser's state beside them.
  const learned = memory.state / (emaDecay > 0 ? 4 : 3);
  return {
    tasks: [
      ...describePlan(planRun(prepared), settings).split('\n'),
      ...(prepared.unscored > 0 ? [`${prepared.unscored} images have no score yet, and are scored first`] : []),
      ...(precision ? [precision] : []),
      describeMemory(memory),
      `keep ${plural(kept, 'checkpoint')}, and write ${prepared.folder}`,
    ],
    seconds: each && each * steps,
    basis:
      each === null ? NOT_TIMED : `by the steps of the last run, ${formatDuration(each)} each; samples are not counted`,
    bytes: kept * learned + memory.state + bytesOf(pipeline.folder),
    free: freeBytes(project.dir),
  };
}

/** The median of the last run that was timed. */
async function secondsOfStep({ db, runsDir }: Project): Promise<number | null> {
  for (const { id } of (await listRuns(db, { stage: 'tune' })).reverse()) {
    const seconds = median(readMetrics(join(runsDir, id, 'metrics.jsonl')).map((line) => line.seconds));
    if (seconds !== null) return seconds;
  }
  return null;
}
