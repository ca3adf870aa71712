// Draws pictures with the Stable Diffusion that ships with the package, or with any model folder in the diffusers layout.
//
//   npx tsx examples/draw-pictures.ts pictures.png [model folder]

import { writeFileSync } from 'node:fs';
import { contactSheet, embeddedModel, encodePng, openPainter } from '../src/index.ts';

const [path = 'pictures.png', model = embeddedModel('sd')] = process.argv.slice(2);
const prompts = ['a green dog', 'two cats on a beach', 'a bird in the snow', 'three red fish on the moon'];
const requests = prompts.flatMap((prompt) => [1, 2].map((seed) => ({ prompt, seed })));

const painter = await openPainter(model, { batchSize: requests.length });
const pictures: Uint8Array[] = [];
const settings = { sampler: 'dpm-solver', steps: 12, guidanceScale: 3 } as const;
for await (const batch of painter.draw(requests, settings)) {
  for (const { index, rgb, width, height } of batch) {
    const { prompt, seed } = requests[index]!;
    console.log(`${prompt}, seed ${seed}: ${width}×${height}`);
    pictures.push(rgb);
  }
}
await painter.dispose();

const sheet = contactSheet(pictures, 4);
writeFileSync(path, await encodePng(sheet.rgb, sheet.width, sheet.height));
