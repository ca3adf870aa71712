import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { makeEvaluationProject } from '../judging/evaluation/testing.ts';
import { makeTemporaryDir } from '../project/testing.ts';
import { runCommand } from './testing.ts';

const run = (cwd: string, ...args: string[]) => runCommand(args, { cwd });

test('a study by the command line: flags of its own, simulated answers, and a verdict that says so', async (t) => {
  const { project, judgeDir } = await makeEvaluationProject(makeTemporaryDir(t));
  t.after(() => project.close());
  const flags = ['--num-inference-steps', '2', '--raters-per-pair', '2', '--simulate', '--judge', judgeDir];
  const made = await run(project.dir, 'evaluate', 'human', ...flags, '--json');
  assert.equal(made.status, 0, made.stderr);
  const { study, added, progress } = JSON.parse(made.stdout) as {
    study: { ratersPerPair: number; config: { generate: { steps: number } } };
    added: number;
    progress: { pairsDone: number };
  };
  // The flags are those of `evaluate human`, though `evaluate` has flags of the same names.
  assert.deepEqual([study.config.generate.steps, study.ratersPerPair, added, progress.pairsDone], [2, 2, 32, 8]);
  const verdict = await run(project.dir, 'evaluate', 'verdict', '--close');
  assert.equal(verdict.status, 0, verdict.stderr);
  assert.match(verdict.stdout, /^█+\n██ SIMULATED RATERS/);
  const [, votes] = /Raw votes: (.*)\n/.exec(verdict.stdout)!;
  assert.ok(existsSync(votes!));
  assert.match((await run(project.dir, 'evaluate', 'verdict', 'other')).stderr, /no study is called other/);
});

test('power is told without a project, and shares that cannot be are refused', async (t) => {
  const dir = makeTemporaryDir(t);
  const { status, stdout } = await run(dir, 'evaluate', 'human', '--power', '--win', '0.5', '--lose', '0.3', '--json');
  assert.deepEqual([status, (JSON.parse(stdout) as { pairs: number }).pairs], [0, 164]);
  assert.match(
    (await run(dir, 'evaluate', 'human', '--power', '--win', '0.9', '--lose', '0.3')).stderr,
    /more than all pairs/,
  );
  assert.equal((await run(dir, 'evaluate', 'human', '--power', '--win', 'many')).status, 2);
});
