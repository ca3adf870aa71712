// How to repeat the run: commands and configuration.

import type { ReportData } from '../data.ts';
import { html } from '../html.ts';
import { table } from '../table.ts';
import { type Section, section } from './section.ts';

export function repeatSection({ commands, config }: Pick<ReportData, 'commands' | 'config'>): Section {
  const rows = (all: typeof config) =>
    all.map(({ key, value, description }) => ({
      head: html`<code>${key}</code>`,
      cells: [html`<code>${value}</code>`, html`<span class="note">${description}</span>`],
    }));
  const own = config.filter(({ set }) => set);
  const columns = ['Key', 'Value', 'Meaning'];
  return section(
    'repeat',
    'How to repeat it',
    html`<p>With the same version these commands give the same images, answers and weights on the same kind of machine:</p><pre tabindex="0" role="group" aria-label="Commands"><code>${commands.join('\n')}</code></pre>
${own.length > 0 ? html`<div class="config">${table(html`Set in this project’s file now <span>– everything else is the default; flags above are what the runs were made with</span>`, columns, rows(own), ['Value', 'Meaning'])}</div>` : html`<p>In this project’s file every key has its default now.</p>`}
<details><summary>The whole configuration</summary><div class="config">${table('All keys', columns, rows(config), ['Value', 'Meaning'])}</div></details>`,
  );
}
