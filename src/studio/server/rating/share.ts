// How much more one rater is asked for: by the quota of the project, and by what somebody of a crowd agreed to. An answer about a
// picture and a choice of the best of a sheet count alike.

import { countSheetChoices } from '../../../project/rating/sheet-choices.ts';
import type { Output } from '../../contract/client.ts';
import type { Studio } from '../studio.ts';
import { readCrowdTask } from './crowd-task.ts';

interface Share extends Pick<Output<'nextItems'>, 'crowd' | 'quotaReached'> {
  /** How many items may be handed out still; none to who has done what was agreed. */
  readonly left: number;
}

/**
 * @param answered answers of the rater about pictures
 * @param onTheWay items that the rater's browser holds already
 */
export async function readShare(
  studio: Studio,
  raterId: string,
  { answered, onTheWay }: { answered: number; onTheWay: number },
): Promise<Share> {
  const { db } = studio.project;
  const { quota } = studio.readProjectConfig().config.studio;
  let given = answered;
  const countAll = async () => {
    given = answered + (await countSheetChoices(db, raterId));
    return given;
  };
  if (quota > 0) await countAll();
  const crowd = await readCrowdTask(db, raterId, countAll);
  const wanted = Math.min(crowd?.wanted ?? Number.POSITIVE_INFINITY, quota || Number.POSITIVE_INFINITY);
  return {
    crowd,
    quotaReached: quota > 0 && given >= quota,
    left: crowd?.code ? 0 : Math.max(0, wanted - given - onTheWay),
  };
}
