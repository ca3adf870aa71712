// What `reward train` would learn from.

import { listImages } from '../../project/images/images.ts';
import { formatDuration, plural } from '../../util/text.ts';
import { type Foresight, freeBytes, NOT_TIMED } from '../foresight.ts';
import type { Session } from '../session.ts';
import { chooseHeldOut } from './held-out.ts';
import { readRewardReport } from './report.ts';
import { countParts, readTeaching } from './train.ts';

/** Width of an embedding where none is there to be measured; of the models that are common, the widest but one. */
const WIDTH = 768;

export async function foreseeReward(session: Session): Promise<Foresight> {
  const { project } = session;
  const { config, db } = project;
  const raters = await chooseHeldOut(project);
  const labels = await readTeaching(session, { withoutRaters: raters });
  const { trainImages, validationImages } = countParts(labels);
  const images = await listImages(db);
  const texts =
    new Set(images.map(({ promptId }) => promptId)).size *
    (1 + (config.reward.lambda > 0 ? config.reward.negatives : 0));
  const last = await readRewardReport(project);
  return {
    tasks: [
      `learn from ${plural(trainImages, 'rated image')}, while ${validationImages} of other prompts tell when to stop, in ${plural(config.reward.maxSteps, 'step')} at most`,
      ...(labels.pairs.length > 0 ? [`learn from ${plural(labels.pairs.length, 'pair')} of images`] : []),
      ...(raters.length > 0 ? [`teach a second head by ${plural(raters.length, 'held-out rater')}`] : []),
      `embed what is not embedded yet of ${plural(images.length, 'image')} and about ${plural(texts, 'text')}, and score all images`,
    ],
    seconds: last?.seconds ?? null,
    basis: last ? `the last training here took ${formatDuration(last.seconds)}, embedding not counted` : NOT_TIMED,
    bytes: 4 * WIDTH * (images.length + texts),
    free: freeBytes(project.dir),
  };
}
