import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { COMMANDS } from './commands.ts';
import { runCommand } from './testing.ts';

const noBash = spawnSync('bash', ['-c', 'true']).status !== 0 && 'there is no bash';

test('bash completes commands, second words, and the flags of the command that was typed with the words that they take', {
  skip: noBash,
}, async () => {
  const { stdout, status } = await runCommand(['completion', 'bash']);
  assert.equal(status, 0);
  const lines = [
    ['collimate', 'ev'],
    ['collimate', 'reward', 't'],
    ['collimate', 'tune', '--learning'],
    ['collimate', 'evaluate', 'human', '--raters-per'],
    ['collimate', 'tune', '--beta', '0.1', '--sampling', 'w'],
    ['collimate', 'config', '--studio-priority', 'unc'],
    ['collimate', 'quality', '--purpose', '=', 'ev'],
    ['collimate', 'export', 'lab'],
    ['collimate', 'completion', 'f'],
  ];
  const asked = lines.map((words) => {
    const typed = words.map((word) => `'${word}'`).join(' ');
    return `COMP_WORDS=(${typed}); COMP_CWORD=${words.length - 1}; _collimate; echo "\${COMPREPLY[*]}"`;
  });
  const { stdout: said, stderr } = spawnSync('bash', ['-c', [stdout, ...asked].join('\n')], { encoding: 'utf8' });
  assert.equal(stderr, '');
  assert.deepEqual(said.trim().split('\n'), [
    ...['evaluate', 'train', '--learning-rate', '--raters-per-pair'],
    ...['weighted', 'uncertain reward', 'evaluation', 'label-studio', 'fish'],
  ]);
});

test('zsh and fish are told of every command', async () => {
  for (const shell of ['zsh', 'fish']) {
    const { stdout } = await runCommand(['completion', shell]);
    for (const { name } of COMMANDS)
      for (const word of name.split(' ')) assert.ok(stdout.includes(word), `${shell} ${name}`);
  }
});
