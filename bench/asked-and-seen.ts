// What the judge counts on the images of a project's last evaluation, by what their prompts ask for: where a model draws
// too many or too few.
//   node --import tsx bench/asked-and-seen.ts PROJECT [seen|unseen]

import { collectEvaluation } from '../src/judging/report/collect/evaluation.ts';
import { decodePng } from '../src/pictures/image.ts';
import { listPrompts } from '../src/project/images/prompts.ts';
import { openProject } from '../src/project/project.ts';
import { openJudge } from '../src/world/judge/judge.ts';

const [dir = '.', split] = process.argv.slice(2);
const project = await openProject(dir);
const judge = await openJudge();
try {
  const { contestants = [], items = [] } = (await collectEvaluation(project)) ?? {};
  const asked = new Map((await listPrompts(project.db)).map(({ text, slots }) => [text, slots.count]));
  for (const { name } of contestants) {
    const table: Record<string, Record<string, number>> = {};
    for (const { prompt, images } of items.filter((item) => split === undefined || item.split === split)) {
      const pictures = (images[name] ?? []).map(
        async ({ hash }) => (await decodePng(await project.images.getBlob(hash))).rgb,
      );
      const count = String(asked.get(prompt));
      const row = table[count] ?? {};
      table[count] = row;
      for (const { parts } of await judge.judge(await Promise.all(pictures))) {
        const seen = String(parts.count ?? 'unclear');
        row[seen] = (row[seen] ?? 0) + 1;
      }
    }
    console.log(`${name}: asked → seen`, table);
  }
} finally {
  await judge.dispose();
  await project.close();
}
