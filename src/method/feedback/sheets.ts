// The best of a sheet: a rater sees pictures of one prompt and says which of them shows best what it says. Each such choice makes
// pairs, the best one over each other.

import { inTransaction } from '../../project/database/database.ts';
import { listVersions } from '../../project/rating/guidelines.ts';
import {
  countSheetChoices,
  deleteSheetChoices,
  findCommonPrompt,
  findSheetChoices,
  insertSheetChoice,
  listUncompared,
  type Uncompared,
} from '../../project/rating/sheet-choices.ts';
import { CollimateError } from '../../util/errors.ts';
import { random } from '../../util/random.ts';
import { openQueue, PURPOSE, type QueueContext, takeRater } from './queue/open-queue.ts';

/** The most pictures of a sheet: each has a key of its own, 1 to 9. */
const MOST_IN_SHEET = 9;

export interface Sheet {
  readonly promptId: string;
  readonly prompt: string;
  /** In an order of the rater's own. */
  readonly images: readonly { readonly imageId: string; readonly hash: string }[];
}

export interface NextSheets {
  readonly sheets: Sheet[];
  readonly answered: number;
  /** Sheets that are left for this rater, those that were given now among them. */
  readonly left: number;
}

/**
 * The next sheets for a rater, at most one of each prompt; prompts and pictures come in an order of the rater's own. A picture is compared by
 * `studio.ratersPerImage` raters and by none twice.
 *
 * @param held prompts of which the rater's browser has a sheet already
 */
export async function nextSheets(
  { db, config }: QueueContext,
  { raterId, count, held = [] }: { raterId: string; count: number; held?: readonly string[] },
): Promise<NextSheets> {
  const { wanted } = await openQueue(db, config, PURPOSE);
  const prompts = new Map<string, Uncompared[]>();
  for (const image of await listUncompared(db, { purpose: PURPOSE, wanted, raterId }))
    prompts.set(image.promptId, [...(prompts.get(image.promptId) ?? []), image]);
  const open = [...prompts.values()].filter((images) => images.length > 1);
  const left = open.reduce((sum, images) => sum + sheetsOf(images.length), 0);
  const free = open.filter(([first]) => !held.includes(first!.promptId));
  const sheets = random(config.seed, 'sheets', raterId)
    .shuffle(free.toSorted(([a], [b]) => (a!.promptId < b!.promptId ? -1 : 1)))
    .slice(0, count)
    .map((images) => toSheet(images, config.seed, raterId));
  return { sheets, answered: await countSheetChoices(db, raterId), left };
}

const sheetsOf = (images: number) => Math.ceil(images / MOST_IN_SHEET);

/** Sheets of about the same size, rather than full ones and a rest of one picture that nothing is beside. */
function toSheet(images: readonly Uncompared[], seed: number, raterId: string): Sheet {
  const { promptId, prompt } = images[0]!;
  const first = images.slice(0, Math.ceil(images.length / sheetsOf(images.length)));
  const rng = random(seed, 'sheet', raterId, first[0]!.imageId);
  return { promptId, prompt, images: rng.shuffle(first).map(({ imageId, hash }) => ({ imageId, hash })) };
}

export interface NewChoice {
  /** Made by the client, once for each choice. */
  readonly clientId: string;
  readonly raterId: string;
  /** All images of the sheet, as they stood. */
  readonly images: readonly string[];
  /** Null where the rater could not tell. */
  readonly best: string | null;
  readonly milliseconds: number;
  /** How many milliseconds ago it was made: it may have waited for the network. Default 0. */
  readonly age?: number | undefined;
  /** The version of the guidelines that the rater had read; by default the latest. */
  readonly guidelineVersion?: number | undefined;
}

/** What became of a choice; `older`: the rater chose among one of these pictures later, elsewhere, and that stays. */
export type ChoiceStatus = 'stored' | 'changed' | 'duplicate' | 'older';

/**
 * Stores a choice. One that is sent again counts once; of two about one picture, as of two tabs, the later one counts.
 *
 * @throws CollimateError USAGE for images that are no sheet, or a best one that is not among them.
 */
export function storeBest({ db }: QueueContext, choice: NewChoice): Promise<ChoiceStatus> {
  const { clientId: id, raterId, best: bestImage, milliseconds, age = 0 } = choice;
  const images = [...new Set(choice.images)];
  return inTransaction(db, async (tx) => {
    await takeRater(tx, raterId);
    const promptId = await findCommonPrompt(tx, { purpose: PURPOSE, images });
    if (promptId === undefined || images.length < 2)
      throw new CollimateError('USAGE', 'sheet: expected two or more images of one prompt', 'Load the next sheets.');
    if (bestImage !== null && !images.includes(bestImage))
      throw new CollimateError('USAGE', 'sheet: the best image is none of the sheet', 'Choose one of the sheet.');
    const chosenAt = new Date(Date.now() - Math.max(0, age)).toISOString();
    const before = await findSheetChoices(tx, { id, raterId, images });
    const same = before.find((each) => each.id === id);
    if (same && same.raterId !== raterId)
      throw new CollimateError('USAGE', 'sheet: another choice has this client id', 'Make a new one for each choice.');
    if (same) return 'duplicate';
    if (before.some((each) => each.chosenAt > chosenAt)) return 'older';
    const versions = (await listVersions(tx)).map(({ version }) => version);
    const guidelineVersion = versions.find((version) => version === choice.guidelineVersion) ?? versions.at(-1)!;
    if (before.length > 0)
      await deleteSheetChoices(
        tx,
        raterId,
        before.map((each) => each.id),
      );
    await insertSheetChoice(tx, {
      ...{ id, raterId, promptId, bestImage, chosenAt, guidelineVersion, images },
      milliseconds: Math.round(milliseconds),
    });
    return before.length > 0 ? 'changed' : 'stored';
  });
}

/** Takes a rater's choice back, so that its sheet is asked again; returns whether there was one. */
export async function takeChoiceBack({ db }: QueueContext, raterId: string, clientId: string): Promise<boolean> {
  return inTransaction(db, async (tx) => (await deleteSheetChoices(tx, raterId, [clientId])) > 0);
}
