// `collimate raters`: who rates; and `exclude` and `include`, which leave answers out or take them in again.

import type { Command } from 'commander';
import { measureQuality } from '../method/feedback/rater-quality.ts';
import { listRaters, setRaterExcluded } from '../project/rating/raters.ts';
import { requireWritable } from '../project/read-only.ts';
import { CollimateError } from '../util/errors.ts';
import { formatNumber, formatTable } from '../util/text.ts';
import { addExamples, type CliContext } from './context.ts';
import { addConfigFlags } from './flags.ts';
import { withProject } from './with-project.ts';

export function register(command: Command, context: CliContext): void {
  command
    .option('--exclude <rater>', 'leave this rater’s answers out of labels and agreement; nothing is deleted')
    .option('--include <rater>', 'take this rater’s answers in again')
    .action(async ({ exclude, include }: { exclude?: string; include?: string }) => {
      const raters = await withProject(context, command, async (project) => {
        const { db } = project;
        if (exclude !== undefined || include !== undefined) requireWritable(project, 'raters');
        for (const [name, excluded] of [
          [exclude, true],
          [include, false],
        ] as const) {
          if (name === undefined) continue;
          const found = (await listRaters(db)).filter((rater) => rater.id === name || rater.name === name);
          if (found.length !== 1)
            throw new CollimateError(
              'USAGE',
              `raters: ${found.length === 0 ? 'nobody' : 'more than one'} is called ${name}`,
              'Give the identifier that `collimate raters --json` prints.',
            );
          await setRaterExcluded(db, found[0]!.id, excluded);
        }
        return (await measureQuality(db)).raters.map(({ id, name, kind, excluded, answers }) => ({
          id,
          name,
          kind,
          excluded,
          answers,
        }));
      });
      const rows = raters.map(({ id, name, kind, excluded, answers }) => [
        id,
        name,
        kind,
        formatNumber(answers),
        excluded ? 'excluded' : '',
      ]);
      context.print(
        { raters },
        rows.length > 0 ? formatTable([['', 'name', 'kind', 'answers', ''], ...rows]) : 'Nobody has rated yet.',
      );
    });
  addConfigFlags(command, []);
  addExamples(command, ['raters', 'raters --exclude simulated-2', 'raters --include simulated-2 --json']);
}
