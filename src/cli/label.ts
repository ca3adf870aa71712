// `collimate label --simulate`: has simulated raters answer for the drawn images.

import { type Command, Option } from 'commander';
import { type CategoryAnswers, type LabelSummary, simulateLabels } from '../method/feedback/label.ts';
import { CollimateError } from '../util/errors.ts';
import { formatNumber, formatTable, plural } from '../util/text.ts';
import { addExamples, type CliContext } from './context.ts';
import { addConfigFlags } from './flags.ts';
import { withStage } from './with-project.ts';

export function register(command: Command, context: CliContext): void {
  command.option('--simulate', 'have simulated raters answer');
  command.option('--judge <dir>', "folder of the judge's weights, instead of the one in the package");
  command.addOption(
    new Option('--purpose <purpose>', 'rate the images drawn for feedback, or those of an evaluation')
      .choices(['feedback', 'evaluation'])
      .default('feedback'),
  );
  addConfigFlags(command, ['label']);
  command.action(async (options: { simulate?: boolean; judge?: string; purpose: 'feedback' | 'evaluation' }) => {
    if (!options.simulate)
      throw new CollimateError(
        'USAGE',
        'label: expected --simulate, got no one who rates',
        'People rate in `collimate studio`; `collimate label --simulate` has simulated raters answer.',
      );
    const { judge, purpose } = options;
    const summary = await withStage(context, command, 'label', (session) =>
      simulateLabels(session, { purpose, ...(judge !== undefined && { judge }) }),
    );
    const next = purpose === 'feedback' ? 'reward train' : 'reward eval';
    context.print(summary, `${describe(summary)}\n\nNext: collimate ${next}`);
  });
  addExamples(command, [
    'label --simulate',
    'label --simulate --raters 9 --raters-per-image 3',
    'label --simulate --json',
  ]);
}

function describe({ images, ratings, added, unknown, otherSize, categories, all, raters }: LabelSummary): string {
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
  const row = ({ category, good, bad, skip, shareGood }: CategoryAnswers) => [
    category,
    percent(shareGood),
    ...[good, bad, skip].map(formatNumber),
  ];
  const work =
    added === 0
      ? `Already done: ${plural(ratings, 'answer')} about ${plural(images, 'image')} stored.`
      : `${plural(added, 'answer')} added; ${formatNumber(ratings)} about ${plural(images, 'image')} stored.`;
  const left = `Left out ${plural(unknown, 'image')} whose prompts ask for what the world does not have. People rate them in \`collimate studio\`.`;
  return [
    work,
    ...(unknown > 0 ? [left] : []),
    ...(otherSize > 0
      ? [`Left out ${plural(otherSize, 'image')} of another size than the one that the judge sees.`]
      : []),
    '',
    formatTable([
      ['', 'share good', 'good', 'bad', 'skipped'],
      ...categories.map(row),
      row({ category: 'all', ...all }),
    ]),
    '',
    formatTable([
      ['', 'errs', 'skips'],
      ...raters.map(({ name, errorRate, skipRate }) => [name, percent(errorRate), percent(skipRate)]),
    ]),
  ].join('\n');
}
