// Renders scenes of the embedded world, asks the judge what it sees, and writes a sheet of the pictures.
//
//   npx tsx examples/judge-scenes.ts [scenes.png]

import { writeFileSync } from 'node:fs';
import {
  answerFor,
  contactSheet,
  encodePng,
  formatPrompt,
  openJudge,
  parsePrompt,
  random,
  renderScene,
  sampleScene,
} from '../src/index.ts';

const prompts = ['two green dogs in a city', 'a red fish', 'four cats on the moon', 'a white turtle in the snow'];
const wrong = parsePrompt('three blue birds on a beach');

const scenes = prompts.map((prompt, i) => sampleScene(parsePrompt(prompt), random(1, 'scene', i)));
const pictures = scenes.map((scene) => renderScene(scene));

const judge = await openJudge();
const verdicts = await judge.judge(pictures);
for (const [i, verdict] of verdicts.entries()) {
  const { count, color, subject, background } = verdict.parts;
  const seen = [count, color, subject, background].map((slot) => slot ?? 'unclear').join(', ');
  console.log(`${prompts[i]}: the judge sees ${seen}; ${answerFor({ ...parsePrompt(prompts[i]!) }, verdict)}`);
  console.log(`  as "${formatPrompt(wrong)}" it would be ${answerFor({ ...wrong }, verdict)}`);
}
await judge.dispose();

const [path] = process.argv.slice(2);
if (path) {
  const sheet = contactSheet(pictures, 2);
  writeFileSync(path, await encodePng(sheet.rgb, sheet.width, sheet.height));
}
