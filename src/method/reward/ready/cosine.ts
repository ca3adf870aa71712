// PickScore's and HPSv2's form: `exp(logit_scale) · cos`. Embeddings are kept in the project's store like those of its CLIP.

import { openClipEmbedder } from '../../../models/inference/clip.ts';
import { chooseEngine } from '../../../models/inference/device.ts';
import { modelName, resolveClip } from '../../../models/inference/embedded.ts';
import type { Session } from '../../session.ts';
import { embedImages, embedTexts } from '../embeddings.ts';
import type { ReadyScorer } from './ready.ts';

export async function openCosineScorer(session: Session, scorer: string): Promise<ReadyScorer> {
  const { config, dir } = session.project;
  const folder = resolveClip(scorer, dir, 'reward.scorer');
  const engine = await chooseEngine(config, session.progress.note);
  const clip = await openClipEmbedder(folder, { ...engine, precision: config.clipPrecision });
  return {
    name: modelName(folder),
    hash: clip.encoderHash,
    async score(items) {
      const images = await embedImages(session, clip, [...new Set(items.map(({ hash }) => hash))]);
      const texts = await embedTexts(session, clip, [...new Set(items.map(({ text }) => text))]);
      return items.map(({ hash, text }) => {
        const [image, prompt] = [images.get(hash)!, texts.get(text)!];
        return clip.logitScale * image.reduce((sum, value, i) => sum + value * prompt[i]!, 0);
      });
    },
    dispose: () => clip.dispose(),
  };
}
