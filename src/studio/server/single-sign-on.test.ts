import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { testProjects } from '../../project/testing.ts';
import { account, openTestStudio } from './testing.ts';

/** A provider that vouches for whoever `who` names. */
async function openProvider(who: () => { sub: string; email: string; email_verified: boolean }) {
  const seen: { token?: URLSearchParams } = {};
  const server = createServer(async (request, response) => {
    const issuer = `http://${request.headers.host}`;
    const path = new URL(request.url!, issuer).pathname;
    const answers: Record<string, () => Promise<object> | object> = {
      '/.well-known/openid-configuration': () => ({
        issuer,
        authorization_endpoint: `${issuer}/authorize`,
        token_endpoint: `${issuer}/token`,
        userinfo_endpoint: `${issuer}/me`,
      }),
      '/token': async () => {
        seen.token = new URLSearchParams(await readBody(request));
        return { access_token: 'access', token_type: 'Bearer', expires_in: 60 };
      },
      '/me': () => ({ name: 'Anybody', ...who() }),
    };
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(await answers[path]!()));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, seen, issuer: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

async function readBody(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request) body += chunk;
  return body;
}

testProjects('a provider signs in who has an account, and nobody else', async (t, patch) => {
  let person = { sub: '1', email: 'rita@example.org', email_verified: true };
  const { server, seen, issuer } = await openProvider(() => person);
  t.after(() => server.close());
  const publicUrl = 'http://studio.example.org/dogs';
  const singleSignOn = { issuer, clientId: 'collimate', clientSecret: 'hidden', name: 'Lab login' };
  const { url, owner, invite } = await openTestStudio(t, { patch, serve: { publicUrl, singleSignOn } });
  const rita = await invite('rater', 'Rita');
  assert.equal((await owner.call('getSession')).singleSignOn, 'Lab login');

  const cookiesOf = (response: Response) =>
    response.headers
      .getSetCookie()
      .map((line) => line.split(';')[0])
      .join('; ');
  const signIn = async () => {
    const leaving = await fetch(`${url}/api/sign-in/sso`, { redirect: 'manual' });
    assert.equal(leaving.status, 302);
    const to = new URL(leaving.headers.get('location')!);
    assert.equal(to.origin + to.pathname, `${issuer}/authorize`);
    assert.equal(to.searchParams.get('redirect_uri'), `${publicUrl}/api/sign-in/callback`);
    assert.equal(to.searchParams.get('code_challenge_method'), 'S256');
    const query = new URLSearchParams({ code: 'c1', state: to.searchParams.get('state')! });
    const headers = { cookie: cookiesOf(leaving) };
    return fetch(`${url}/api/sign-in/callback?${query}`, { redirect: 'manual', headers });
  };
  const back = await signIn();
  assert.deepEqual([back.status, back.headers.get('location')], [302, '/dogs/']);
  assert.ok(seen.token?.get('code_verifier'), 'PKCE');
  const session = await fetch(`${url}/api/session`, { headers: { cookie: cookiesOf(back) } });
  const { user } = (await session.json()) as { user: { id: string; role: string } };
  assert.deepEqual([user.id, user.role], [rita.id, 'rater']);
  const { entries } = await owner.call('listAudit', { query: {} });
  assert.ok(entries.some(({ action, detail }) => action === 'session.sign-in' && 'by' in detail));

  const refused = async () => {
    const answer = await signIn();
    assert.equal(answer.headers.get('location'), '/dogs/sign-in?failed=sso');
    const { user: none } = (await (
      await fetch(`${url}/api/session`, { headers: { cookie: cookiesOf(answer) } })
    ).json()) as { user: object | null };
    assert.equal(none, null);
  };
  person = { sub: '2', email: 'stranger@example.org', email_verified: true };
  await refused();
  person = { sub: '3', email: account('Olga').email, email_verified: false };
  await refused();
  const forged = await fetch(`${url}/api/sign-in/callback?code=c1&state=x`, { redirect: 'manual' });
  assert.equal(forged.headers.get('location'), '/dogs/sign-in?failed=sso');
});
