// Serves a project until it is killed: `studio-main.js PROJECT WEB_DIR PORT`. Prints where, as one line of JSON. It loads
// the sources as bin/collimate.js does.

import { register } from 'tsx/esm/api';

register();
const { serveStudio } = await import('../../src/studio/server/serve.ts');
const { openProject } = await import('../../src/project/project.ts');

const [projectDir, webDir, port] = process.argv.slice(2);
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
