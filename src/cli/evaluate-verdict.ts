// `collimate evaluate verdict`: what people said in a pair study, and the raw votes as files.

import type { Command } from 'commander';
import { collectVerdict, requireStudy, writeStudyFiles } from '../judging/verdict/collect.ts';
import { describeVerdict } from '../judging/verdict/describe.ts';
import { sayVerdict } from '../judging/verdict/sentence.ts';
import { requireWritable } from '../project/read-only.ts';
import { closeStudy } from '../project/studies/studies.ts';
import { addExamples, type CliContext } from './context.ts';
import { addConfigFlags } from './flags.ts';
import { withProject } from './with-project.ts';

export function register(command: Command, context: CliContext): void {
  command
    .argument('[study]', 'name of the study; default the latest')
    .option('--close', 'take no more answers')
    .action(async (name: string | undefined, { close }: { close?: boolean }) => {
      const { verdict, files } = await withProject(context, command, async (project) => {
        const study = await requireStudy(project, name);
        if (close) requireWritable(project, 'evaluate verdict --close');
        if (close) await closeStudy(project.db, study.id);
        const read = await collectVerdict(project, close ? await requireStudy(project, study.name) : study);
        return { verdict: read, files: project.readOnly ? null : await writeStudyFiles(project, study, read) };
      });
      context.print(
        { ...verdict, sentence: sayVerdict(verdict), files },
        `${describeVerdict(verdict)}${files ? `\n\nRaw votes: ${files.votesCsv}\n           ${files.votesJson}` : ''}`,
      );
    });
  addConfigFlags(command, []);
  addExamples(command, ['evaluate verdict', 'evaluate verdict human --close', 'evaluate verdict human --json']);
}
