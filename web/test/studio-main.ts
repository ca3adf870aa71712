// Serves a project until it is killed: `studio-main PROJECT WEB_DIR PORT`. Prints where, as one line of JSON.

import { openProject } from '../../src/project/project.ts';
import { serveStudio } from '../../src/studio/server/serve.ts';

const [projectDir, webDir, port] = process.argv.slice(2) as [string, string, string];
const { url, setUpToken } = await serveStudio({
  project: await openProject(projectDir),
  flags: [],
  host: '127.0.0.1',
  port: Number(port),
  webDir,
  env: process.env,
  log: (line) => process.stderr.write(`${line}\n`),
});
process.stdout.write(`${JSON.stringify({ url, setUpToken })}\n`);
