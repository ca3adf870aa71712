// How many held-out renders each judge is right about, and what it counts in places without subjects.
//
//   node --import tsx bench/judge-renders.ts [RENDERS] [PLACES]

import { fileURLToPath } from 'node:url';
import { tensorToScene } from '../src/pictures/image.ts';
import { random } from '../src/util/random.ts';
import { JUDGE_HEADS } from '../src/world/judge/classes.ts';
import { EVALUATING_JUDGE, JUDGE, type JudgeDesign, LOOKING_JUDGE } from '../src/world/judge/designs.ts';
import { cleanExample } from '../src/world/judge/examples.ts';
import { openJudge } from '../src/world/judge/judge.ts';
import { renderBackground } from '../src/world/scenes/render.ts';

/** What a judge sees of renders that no training stream has, and of empty places. */
export async function lookAtRenders(design: JudgeDesign, renders: number, places: number) {
  const rng = random(5, 'judge', 'held-out');
  const examples = Array.from({ length: renders }, () => cleanExample(design, rng));
  const judge = await openJudge(undefined, {}, design);
  const seen = await judge.judge(examples.map(({ pixels }) => tensorToScene(pixels)));
  const names = design.scenery.grammar.backgrounds.map(({ name }) => name);
  const empty = await judge.judge(
    Array.from({ length: places }, (_, i) => renderBackground(names[i % names.length]!, i, design.scenery)),
  );
  await judge.dispose();
  const labelOf = (i: number, head: (typeof JUDGE_HEADS)[number]) => design.classes[head][examples[i]!.labels[head]];
  const right = JUDGE_HEADS.map(
    (head) => seen.filter(({ parts }, i) => String(parts[head]) === labelOf(i, head)).length,
  );
  const named = empty.filter(({ parts }, i) => parts.background === names[i % names.length]).length;
  return {
    right,
    counted: empty.filter(({ parts }) => parts.count !== null && parts.count !== 0).length,
    named,
    empty,
  };
}

async function main(renders: number, places: number): Promise<void> {
  for (const design of [JUDGE, LOOKING_JUDGE, EVALUATING_JUDGE]) {
    const { right, counted, named } = await lookAtRenders(design, renders, places);
    const shares = JUDGE_HEADS.map((head, i) => `${head} ${((100 * right[i]!) / renders).toFixed(2)} %`);
    process.stdout.write(
      `${design.folder}: ${shares.join(', ')} of ${renders}; of ${places} empty places it counts in ${counted} and names ${named}\n`,
    );
  }
}

// Also what a test imports.
if (process.argv[1] === fileURLToPath(import.meta.url))
  await main(Number(process.argv[2] ?? 4000), Number(process.argv[3] ?? 500));
