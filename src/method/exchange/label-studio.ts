// Label Studio's JSON: tasks with the picture in them, and annotations; a skip is an annotation that was cancelled. Beside
// the tasks lies the labelling configuration that they belong to.

import { basename } from 'node:path';
import { FORMAT_NAMES } from '../../pictures/outside.ts';
import type { Answer } from '../../project/database/schema.ts';
import type { Project } from '../../project/project.ts';
import { answerOfStep, SCALES, type Scales, STEPS } from '../../project/rating/scales.ts';
import { withPlainNames } from '../../util/column-names.ts';
import { writeFileAtomic } from '../../util/files.ts';
import { fromColumns, fromRatingColumns, MOST_WHOLE, readText, toColumns, toRatingColumns, wrong } from './columns.ts';
import type { Item, ItemRating } from './items.ts';
import { readJsonList } from './json-list.ts';
import type { ImportNotes } from './notes.ts';
import type { Source } from './source.ts';
import type { IncomingRating } from './store-answers.ts';
import type { Incoming } from './store-items.ts';

/** Paste it into Settings → Labeling Interface → Code. */
export const LABELLING_CONFIG = `<View>
  <Header value="$prompt"/>
  <Image name="image" value="$image" zoom="true"/>
  <Choices name="answer" toName="image" choice="single" required="true" showInline="true">
    <Choice value="Good" hotkey="g"/>
    <Choice value="Bad" hotkey="b"/>
  </Choices>
  ${SCALES.map((scale) => `<Rating name="${scale}" toName="image" maxRating="${STEPS}"/>`).join('\n  ')}
</View>
`;

const CHOICES: Readonly<Record<Exclude<Answer, 'skip'>, string>> = { good: 'Good', bad: 'Bad' };

/** Writes tasks, with pictures as data URIs so that the one file is all that is needed, and the configuration as `.xml`. */
export async function writeLabelStudio({ images }: Project, items: readonly Item[], out: string): Promise<void> {
  const read = await images.openReader(items.map(({ hash }) => hash));
  function* lines(): Generator<Uint8Array> {
    for (const [i, item] of items.entries()) {
      const image = `data:image/png;base64,${read(item.hash).toString('base64')}`;
      const task = {
        id: i + 1,
        data: { image, prompt: item.prompt, ...toColumns(item) },
        annotations: item.ratings.map(toAnnotation),
      };
      yield Buffer.from(`${i === 0 ? '[' : ','}\n${JSON.stringify(task)}`);
    }
    yield Buffer.from(items.length === 0 ? '[]\n' : '\n]\n');
  }
  writeFileAtomic(configPath(out), LABELLING_CONFIG);
  writeFileAtomic(out, lines());
}

/** Where the labelling configuration of `out` lies. */
function configPath(out: string): string {
  return `${out.replace(/\.json$/i, '')}.config.xml`;
}

function toAnnotation(rating: ItemRating) {
  const { answer, milliseconds, ratedAt, scales } = rating;
  const choice = answer === 'skip' ? undefined : CHOICES[answer];
  const region = { id: rating.id, to_name: 'image' };
  return {
    result: [
      ...(choice ? [{ ...region, from_name: 'answer', type: 'choices', value: { choices: [choice] } }] : []),
      ...SCALES.filter((scale) => scales[scale] !== undefined).map((scale) => ({
        ...{ ...region, id: `${rating.id}-${scale}`, from_name: scale, type: 'rating' },
        value: { rating: scales[scale] },
      })),
    ],
    was_cancelled: answer === 'skip' && scales.alignment === undefined,
    ground_truth: false,
    lead_time: milliseconds / 1000,
    created_at: ratedAt,
    // Label Studio leaves alone what it does not know. Its own `completed_by` must name somebody who has an account there.
    collimate: toRatingColumns(rating),
  };
}

/**
 * Reads tasks as Label Studio exports them (JSON, not JSON-MIN). A picture is taken from its data URI, or, for tasks that came
 * from this project, by its hash; addresses are not fetched and paths not opened.
 */
export async function* readLabelStudio({ path, notes }: Source): AsyncGenerator<Incoming> {
  let number = 0;
  for await (const task of readJsonList(path, 'tasks')) {
    const where = `${basename(path)} task ${++number}`;
    const item = await notes.attempt(() => readTask(task, where, notes));
    if (item) yield item;
  }
}

/** Columns of `data` that are read here, or that our own exports have. */
const OWN = ['image', 'prompt', 'text', 'caption'];

function readTask(task: unknown, where: string, notes: ImportNotes): Incoming {
  const { data: given, annotations = [] } = (task ?? {}) as { data?: Record<string, unknown>; annotations?: unknown };
  if (typeof given !== 'object' || given === null)
    throw wrong(where, 'expected an object with `data`; export as JSON, not as JSON-MIN');
  if (!Array.isArray(annotations)) throw wrong(where, 'annotations: expected a list');
  noteUnfinished(task as object, where, notes);
  const data = withPlainNames(given);
  const columns = fromColumns(data, notes, OWN);
  const picture = readDataUri(data.image, where);
  if (!picture && columns.hash === undefined && columns.imageId === undefined)
    throw wrong(
      where,
      'image: expected a data URI, or image_hash of a picture of this project; addresses and paths are not followed',
    );
  return {
    where,
    prompt: readText(data.prompt ?? data.text ?? data.caption, 'prompt', where),
    ...columns,
    picture,
    ratings: annotations.flatMap((annotation, i) => readAnnotation(annotation, `${where}, annotation ${i + 1}`, notes)),
  };
}

/** Answers that nobody gave, or gave yet. */
const UNFINISHED = {
  drafts: 'draft of an annotation, which was not submitted',
  predictions: 'prediction of a model, which is nobody’s answer',
} as const;

function noteUnfinished(task: object, where: string, notes: ImportNotes): void {
  for (const [key, reason] of Object.entries(UNFINISHED)) {
    const list = (task as Readonly<Record<string, unknown>>)[key];
    // Some exports have no more than how many there are.
    const given = Array.isArray(list) ? list.filter((one) => typeof one === 'object' && one !== null) : [];
    for (const i of given.keys()) notes.leaveOut(reason, `${where}, ${key.slice(0, -1)} ${i + 1}`);
  }
}

function readDataUri(image: unknown, where: string): (() => Promise<Uint8Array>) | undefined {
  if (typeof image !== 'string' || !image.startsWith('data:')) return undefined;
  const match = /^data:image\/(?:png|jpe?g|webp|gif|avif|tiff);base64,/.exec(image);
  if (!match) throw wrong(where, `image: expected a data URI of ${FORMAT_NAMES} in base64`);
  return async () => Buffer.from(image.slice(match[0].length), 'base64');
}

function readAnnotation(value: unknown, where: string, notes: ImportNotes): IncomingRating[] {
  const annotation = (value ?? {}) as Record<string, unknown>;
  const scales = readSteps(annotation);
  const step = scales.alignment;
  // The middle of the scale is neither good nor bad, and no choice stands beside it.
  const answer = readAnswer(annotation, where) ?? (step === undefined ? undefined : answerOfStep(step));
  if (answer === undefined) {
    notes.leaveOut('annotation without a choice', where);
    return [];
  }
  const own = (annotation.collimate ?? {}) as Record<string, unknown>;
  return [
    fromRatingColumns(
      {
        rater: own.rater ?? readAnnotator(annotation.completed_by),
        answer,
        milliseconds: own.milliseconds ?? readTime(annotation.lead_time, notes),
        guideline_version: own.guideline_version,
        // An annotation that was changed says when it last was.
        rated_at: own.rated_at ?? annotation.updated_at ?? annotation.created_at,
        words: own.words,
        note: own.note,
        ...scales,
      },
      where,
    ),
  ];
}

/** Seconds from opening to submitting, as milliseconds; 0 where they are not known. A task may be left open for months. */
function readTime(seconds: unknown, notes: ImportNotes): number {
  const milliseconds = Math.round(1000 * Math.max(0, Number(seconds ?? 0)));
  if (milliseconds <= MOST_WHOLE) return milliseconds;
  notes.readAs('time of an annotation that is no number or above 24 days, taken as not known');
  return 0;
}

interface Region {
  readonly type?: unknown;
  readonly from_name?: unknown;
  readonly value?: { readonly choices?: unknown; readonly rating?: unknown };
}

/** The steps of our scales; of those of another project nothing is taken. */
function readSteps({ result }: Record<string, unknown>): Scales {
  const regions = Array.isArray(result) ? (result as Region[]) : [];
  return Object.fromEntries(
    SCALES.flatMap((scale) => {
      const step = regions.find((region) => region?.type === 'rating' && region.from_name === scale)?.value?.rating;
      return Number.isInteger(step) && Number(step) >= 1 && Number(step) <= STEPS ? [[scale, Number(step)]] : [];
    }),
  );
}

/** Other questions may stand beside ours; where none is called `answer`, the only one is it. */
function readAnswer({ was_cancelled, result }: Record<string, unknown>, where: string): Answer | undefined {
  if (was_cancelled === true) return 'skip';
  const regions = (Array.isArray(result) ? (result as Region[]) : []).filter((region) => region?.type === 'choices');
  const ours = regions.filter((region) => region.from_name === 'answer');
  const choices = (ours.length > 0 ? ours : regions).flatMap(({ value }) => [value?.choices].flat());
  if (choices.length === 0) return undefined;
  const known = Object.entries(CHOICES).find(
    ([, name]) => choices.length === 1 && String(choices[0]).toLowerCase() === name.toLowerCase(),
  );
  if (!known)
    throw wrong(where, `result: expected one choice, Good or Bad, got ${JSON.stringify(choices).slice(0, 100)}`);
  return known[0] as Answer;
}

/** An account's number, or the object that some exports have in its place. */
function readAnnotator(value: unknown): string {
  const id =
    typeof value === 'object' && value !== null
      ? ((value as Record<string, unknown>).email ?? (value as Record<string, unknown>).id)
      : value;
  return `label-studio-${id === undefined || id === null ? 'unknown' : String(id).slice(0, 100)}`;
}
