import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { insertNotice } from '../../project/rating/notices.ts';
import { testProjects } from '../../project/testing.ts';
import { openTestStudio } from './testing.ts';

testProjects('what is reached is told once, signed, and again later where nobody took it', async (t, patch) => {
  const heard: { event: string; text: string; project: string }[] = [];
  let away = true;
  const receiver = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const signature = createHmac('sha256', 'shared secret').update(body).digest('hex');
    assert.equal(request.headers['x-collimate-signature'], `sha256=${signature}`);
    if (!away) heard.push(JSON.parse(body));
    response.writeHead(away ? 500 : 204).end();
  });
  receiver.listen(0, '127.0.0.1');
  await once(receiver, 'listening');
  t.after(() => receiver.close());
  const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`;
  const webhook = { url, secret: 'shared secret', everyMs: 20 };
  const one = { goldRate: 0, repeatRate: 0, ratersPerImage: 1 };
  const studio = await openTestStudio(t, { patch: { ...patch, studio: one }, images: 4, serve: { webhook } });
  const { project, invite, logged } = studio;
  const until = async (isSo: () => boolean) => {
    for (let i = 0; i < 2000 && !isSo(); i++) await wait(20);
    assert.ok(isSo(), JSON.stringify({ heard, logged }));
  };
  const ann = await invite('rater', 'Ann');
  await project.db.selectFrom('studioState').selectAll().where('name', '=', 'webhook-told').executeTakeFirstOrThrow();
  const { items } = await ann.call('nextItems', { body: { count: 2 } });
  const answers = items.map(({ leaseId }, i) => ({
    ...{ clientId: `client-${i}-hook`, leaseId },
    ...{ answer: 'good' as const, milliseconds: 900 },
  }));
  await ann.call('submitAnswers', { body: { answers } });
  await until(() => logged.some((line) => /webhook .*it answered 500/.test(line)));
  away = false;
  await until(() => heard.length === 2);
  await insertNotice(project.db, { raterId: ann.id, rule: 'seconds', action: 'pause', detail: '0.2' });
  await until(() => heard.length === 3);
  await wait(100);
  assert.deepEqual(
    heard.map(({ event, text }) => [event, text]),
    [
      ['answers', '25 % of the answers that are wanted are there: 2 of 4.'],
      ['answers', '50 % of the answers that are wanted are there: 2 of 4.'],
      ['rater', 'The rule on seconds spoke of Ann: pause.'],
    ],
  );
  assert.equal(logged.filter((line) => line.includes('webhook')).length, 1);
  assert.ok(!logged.join().includes('/hook'), 'who reads the log cannot send there');
});
