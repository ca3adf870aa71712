// The first page: what it is in one sentence, the method drawn, and where to go from here.

import { addressOf, frame } from './page.ts';

/** Pages, by their Markdown. */
export const WAYS = [
  [
    'docs/demo.md',
    'One command shows all of it',
    '`npm run demo` draws, has rated, learns, tunes and judges, on models that ship with the package.',
  ],
  [
    'docs/first-hour.md',
    'In an hour, with your own',
    'Your prompts, your raters, your pictures: what to type, and what you will see.',
  ],
  ['docs/concepts.md', 'The method, drawn', 'Feedback, reward, tuning, and every word that is used here.'],
  [
    'docs/studio.md',
    'Raters are people',
    'A studio in the browser with guidelines, gold and review; blind studies of pairs.',
  ],
  [
    'docs/results/README.md',
    'Figures with intervals',
    'What came out over seeds, what did not, and what the figures cannot carry.',
  ],
  ['reference/commands/index.md', 'Reference', 'Every command, every key of the configuration, every exported name.'],
] as const;

export function renderLanding(): string {
  const cards = WAYS.map(
    ([to, title, about]) =>
      `<li><a href="${addressOf(to)}"><strong>${title}</strong><span>${about.replace(/`([^`]*)`/g, '<code>$1</code>')}</span></a></li>`,
  );
  return frame(
    'index.html',
    'Collimate',
    `<main id="main" class="landing"><h1>Text-to-image models that draw what was asked</h1>
<p class="lead">People say good or bad. A reward function learns from it. The model is tuned by it. In TypeScript from the tensor graph to the report, on Node.js alone.</p>
<pre><code>npm ci
npm run demo</code></pre>
<ul class="ways">${cards.join('')}</ul>
<img src="docs/images/method.svg" width="960" height="470" alt="The method in three stages: a model draws pictures of prompts, raters answer, a reward function learns from the answers, and the model is tuned by the reward of its own pictures">
</main>`,
  );
}
