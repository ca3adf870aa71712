// Labels as the tables that a fit learns from: embeddings, each once, and examples that refer to their rows.

import type { ClipEmbedder } from '../../models/inference/clip.ts';
import type { WhoseAnswers } from '../../project/rating/select-answers.ts';
import type { Session } from '../session.ts';
import type { RewardData, RewardExample } from './batches.ts';
import type { EditPlan } from './edits.ts';
import { embedImages, embedTexts } from './embeddings.ts';
import type { ComparedImages, RatedImage } from './labels.ts';

/** The labels of one training, in two parts by prompt. */
export interface Labels {
  readonly all: readonly RatedImage[];
  readonly validation: ReadonlySet<string>;
  readonly dataHash: string;
  /** Whose answers these are. */
  readonly whose: WhoseAnswers;
  /** Pairs of images of prompts that teach; none where no pairs are asked for. */
  readonly pairs: readonly ComparedImages[];
  /** Of the prompts of all; undefined where prompt classification is off. */
  readonly edits: EditPlan | undefined;
}

/** Embeds images, their prompts and, where there is prompt classification, the edits of those. */
export async function readRewardData(session: Session, labels: Labels, clip: ClipEmbedder): Promise<RewardData> {
  const prompts = new Map(labels.all.map(({ prompt }) => [prompt.id, prompt]));
  const edits = new Map([...prompts.keys()].map((id) => [id, labels.edits?.lists.get(id) ?? []]));
  const ofPairs = labels.pairs.map(({ prompt }) => prompt.text);
  const ofLabels = [...prompts.values()].flatMap(({ id, text }) => [text, ...edits.get(id)!.flat()]);
  const texts = [...new Set([...ofLabels, ...ofPairs])];
  const paired = labels.pairs.flatMap(({ first, second }) => [first, second]);
  const hashes = [...new Set([...labels.all.map(({ hash }) => hash), ...paired])];
  const rowOfText = new Map(texts.map((text, row) => [text, row]));
  const rowOfImage = new Map(hashes.map((hash, row) => [hash, row]));
  const rowsOfEdits = new Map(
    [...edits].map(([id, lists]) => [id, lists.map((list) => list.map((text) => rowOfText.get(text)!))]),
  );
  const toExample = ({ hash, prompt, target }: RatedImage): RewardExample => ({
    image: rowOfImage.get(hash)!,
    text: rowOfText.get(prompt.text)!,
    label: target,
    edits: rowsOfEdits.get(prompt.id)!,
  });
  const validates = ({ promptId }: RatedImage) => labels.validation.has(promptId);
  return {
    width: clip.width,
    images: toTable(await embedImages(session, clip, hashes), hashes, clip.width),
    texts: toTable(await embedTexts(session, clip, texts), texts, clip.width),
    train: labels.all.filter((image) => !validates(image)).map(toExample),
    validation: labels.all.filter(validates).map(toExample),
    ...(labels.pairs.length > 0 && {
      pairs: labels.pairs.map(({ first, second, prompt, share }) => ({
        first: rowOfImage.get(first)!,
        second: rowOfImage.get(second)!,
        text: rowOfText.get(prompt.text)!,
        share,
      })),
    }),
  };
}

/** Vectors [E] as the rows of a table, in the order of `keys`. */
function toTable(vectors: ReadonlyMap<string, Float32Array>, keys: readonly string[], width: number): Float32Array {
  const table = new Float32Array(keys.length * width);
  keys.forEach((key, row) => void table.set(vectors.get(key)!, row * width));
  return table;
}
