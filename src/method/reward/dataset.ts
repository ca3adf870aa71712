// Labels as the tables that a fit learns from: embeddings, each once, and examples that refer to their rows.

import type { ClipEmbedder } from '../../models/inference/clip.ts';
import type { Session } from '../session.ts';
import type { RewardData, RewardExample } from './batches.ts';
import type { EditPlan } from './edits.ts';
import { embedImages, embedTexts } from './embeddings.ts';
import type { RatedImage } from './labels.ts';

/** The labels of one training, in two parts by prompt. */
export interface Labels {
  readonly all: readonly RatedImage[];
  readonly validation: ReadonlySet<string>;
  readonly dataHash: string;
  /** Of the prompts of all; undefined where prompt classification is off. */
  readonly edits: EditPlan | undefined;
}

/** Embeds images, their prompts and, where there is prompt classification, the edits of those. */
export async function readRewardData(session: Session, labels: Labels, clip: ClipEmbedder): Promise<RewardData> {
  const prompts = new Map(labels.all.map(({ prompt }) => [prompt.id, prompt]));
  const edits = new Map([...prompts.keys()].map((id) => [id, labels.edits?.lists.get(id) ?? []]));
  const texts = [...new Set([...prompts.values()].flatMap(({ id, text }) => [text, ...edits.get(id)!.flat()]))];
  const hashes = [...new Set(labels.all.map(({ hash }) => hash))];
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
  };
}

/** Vectors [E] as the rows of a table, in the order of `keys`. */
function toTable(vectors: ReadonlyMap<string, Float32Array>, keys: readonly string[], width: number): Float32Array {
  const table = new Float32Array(keys.length * width);
  keys.forEach((key, row) => void table.set(vectors.get(key)!, row * width));
  return table;
}
