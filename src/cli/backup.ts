// `collimate backup <to>`: the whole project in another folder, while people rate.

import type { Command } from 'commander';
import { backUp } from '../project/backup.ts';
import { formatBytes, plural } from '../util/text.ts';
import { addExamples, type CliContext } from './context.ts';
import { addConfigFlags } from './flags.ts';
import { withProject } from './with-project.ts';

export function register(command: Command, context: CliContext): void {
  command
    .argument('<to>', 'folder of the copy: new, or an earlier copy, which is brought up to date')
    .action(async (to: string) => {
      const copied = await withProject(context, command, (project) =>
        backUp(project, to, { progress: context.progress(), signal: context.signal }),
      );
      const { files, there, bytes, links } = copied;
      const [link] = links;
      if (link !== undefined)
        context.tell(
          `${plural(links.length, 'link was left out with what it leads', 'links were left out with what they lead')} to, such as ${link}: copy that yourself.`,
          'warning',
        );
      const before = there > 0 ? `; ${plural(there, 'was', 'were')} there already` : '';
      context.print(
        { to, ...copied },
        `${to} has the database and ${plural(files, 'file')} (${formatBytes(bytes)} copied${before}).\nIt is a project itself. Next: collimate restore ${to} FOLDER, where you need it.`,
      );
    });
  addConfigFlags(command, []);
  addExamples(command, ['backup /mnt/backups/dogs', 'backup ../dogs-copy --project ~/dogs']);
}
