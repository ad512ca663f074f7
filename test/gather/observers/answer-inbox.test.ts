import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import http from 'node:http';
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { mostInVain, openAnswerInbox, type AnswerInbox } from '../../../src/gather/observers/answer-inbox.js';
import { isMissing } from '../../../src/model/fact.js';
import { serverIdentity } from '../../../src/wire/certificates.js';
import { openDoor } from '../../../src/wire/door.js';

const secret = 's3cret';
const options = {
  webhookUrl: 'http://127.0.0.1:9500/ehr',
  secret,
  listener: undefined,
  tls: undefined,
  signal: new AbortController().signal,
};
let inbox: AnswerInbox;
afterEach(() => inbox.close());

async function open(more: Partial<Parameters<typeof openAnswerInbox>[0]> = {}): Promise<void> {
  const opened = await openAnswerInbox({ ...options, ...more });
  if (isMissing(opened)) throw new Error(opened.detail);
  inbox = opened;
}
const signed = (body: string): Record<string, string> => ({
  'x-scorecard-signature': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
});
const answer = JSON.stringify({ id: 'e1', outcome: 'booked' });

/** Status of one request by Node's own client, which may break off what nobody wants to read; 0 without an answer. */
function send(
  body: string | Buffer,
  { url = inbox.endpoint, method = 'POST', headers = {} }: { url?: string; method?: string; headers?: object } = {},
): Promise<number> {
  return new Promise((resolve) => {
    const request = http.request(url, { method, headers: { ...headers }, agent: false }, (response) => {
      resolve(response.resume().statusCode ?? 0);
      request.destroy();
    });
    request.on('error', () => resolve(0));
    request.end(body);
  });
}

describe('whatever comes to the address for answers', () => {
  it('is refused alike at another path, below it, by another method and without a signature', async () => {
    await open();
    const { origin } = new URL(inbox.endpoint);
    const headers = signed(answer);
    const expected = inbox.expect('e1', ({ said }) => said['outcome']);
    for (const url of [`${origin}/`, `${origin}/guess`, `${inbox.endpoint}/more`, `${inbox.endpoint}more`])
      expect(await send(answer, { url, headers }), url).toBe(401);
    expect(await send(answer, { method: 'PUT', headers })).toBe(401);
    expect(await send(answer)).toBe(401);
    expect(await send(`${answer} `, { headers })).toBe(401);
    expect(await expected.within(0)).toBeUndefined();
    expect(await send(answer, { headers })).toBe(200);
    expect((await expected.within(0))?.kept).toBe('booked');
    // Another path says nothing about the product.
    expect(inbox.counts).toMatchObject({ taken: 1, unsigned: 5 });
  });

  it('is answered 413 at more than 1 MiB, said beforehand or not, and nothing of it is read', async () => {
    await open();
    const expected = inbox.expect('e1', ({ said }) => said['outcome']);
    const huge = Buffer.alloc(50 * 1024 * 1024, 'x');
    expect(await send(huge, { headers: { 'content-length': String(huge.length) } })).toBe(413);
    expect([0, 413]).toContain(await send(huge, { headers: { 'transfer-encoding': 'chunked' } }));
    await expect.poll(() => inbox.refused.get(413)).toBe(2);
    expect(await expected.within(0)).toBeUndefined();
    expect(inbox.counts).toMatchObject({ taken: 0, unsigned: 0 });
  });

  it('is answered 429 when it is a flood, and the answer counts when it comes after it', async () => {
    await open();
    const expected = inbox.expect('e1', ({ said }) => said['outcome']);
    const statuses = await Promise.all(Array.from({ length: 120 }, () => send('{}')));
    expect(statuses.filter((status) => status === 429).length).toBeGreaterThan(0);
    expect(new Set(statuses)).toEqual(new Set([401, 429]));
    await expect.poll(() => send(answer, { headers: signed(answer) })).toBe(200);
    expect((await expected.within(0))?.kept).toBe('booked');
    const { unsigned } = inbox.counts;
    expect(unsigned + (inbox.refused.get(429) ?? 0)).toBeGreaterThanOrEqual(statuses.length);
  });

  it('holds up nobody when it never comes to its end', async () => {
    await open();
    const { hostname, port, pathname } = new URL(inbox.endpoint);
    const slow = connect(Number(port), hostname);
    await once(slow, 'connect');
    slow.on('error', () => undefined).write(`POST ${pathname} HTTP/1.1\r\nhost: ${hostname}\r\nx-slow: `);
    const body = connect(Number(port), hostname);
    await once(body, 'connect');
    body
      .on('error', () => undefined)
      .write(`POST ${pathname} HTTP/1.1\r\nhost: ${hostname}\r\ncontent-length: ${answer.length}\r\n\r\n{`);
    const expected = inbox.expect('e1', ({ said }) => said['outcome']);
    expect(await expected.within(20)).toBeUndefined();
    expect(await send(answer, { headers: signed(answer) })).toBe(200);
    expect((await expected.within(0))?.kept).toBe('booked');
    const gone = [once(slow, 'close'), once(body, 'close')];
    await inbox.close();
    await Promise.all(gone);
  });

  it('is no answer any more once nobody waits', async () => {
    await open();
    const expected = inbox.expect('e1', ({ said }) => said['outcome']);
    expected.end();
    expect(await send(answer, { headers: signed(answer) })).toBe(200);
    expect(await expected.within(0)).toBeUndefined();
    expect(inbox.counts).toMatchObject({ taken: 0, notAwaited: 1 });
  });
});

it('waits for a product that has posted nothing twice, and from then on until it posts', async () => {
  await open();
  const wait = (id: string, withinMs: number) => inbox.expect(id, ({ said }) => said['outcome']).within(withinMs);
  expect(await Promise.all([wait('e1', 1_000), wait('e2', 1_000)])).toEqual([undefined, undefined]);
  expect(inbox.counts).toMatchObject({ inVain: mostInVain });
  expect(await wait('e3', 3_600_000)).toBeUndefined();
  // Late, and an answer: the next one is worth waiting for.
  expect(await send(answer, { headers: signed(answer) })).toBe(200);
  const awaited = wait('e4', 3_600_000);
  const next = JSON.stringify({ id: 'e4', outcome: 'noted' });
  await send(next, { headers: signed(next) });
  expect((await awaited)?.kept).toBe('noted');
});

it('speaks TLS with the certificate of the organization file', async () => {
  const { ca, cert, key } = await serverIdentity();
  await open({ tls: { cert, key } });
  const { origin, protocol } = new URL(inbox.endpoint);
  expect(protocol).toBe('https:');
  const expected = inbox.expect('e1', ({ said }) => said['outcome']);
  const door = openDoor({ origins: [{ origin, purpose: 'listener', tls: { ca } }] });
  const request = { purpose: 'listener', method: 'POST', url: inbox.endpoint, headers: signed(answer) } as const;
  const { status } = await door.exchange({ ...request, body: answer, carriesCredential: true });
  await door.close();
  expect([status, (await expected.within(0))?.kept]).toEqual([200, 'booked']);
});

it('names the address a product elsewhere can reach, or is missing', async () => {
  await open({ webhookUrl: 'https://bot.example/ehr', listener: { publicUrl: 'https://probe.example:9444/' } });
  expect(inbox.endpoint).toMatch(/^https:\/\/probe\.example:9444\/[0-9a-f]{32}$/);
  const far = await openAnswerInbox({ ...options, webhookUrl: 'https://bot.example/ehr' });
  expect(far).toMatchObject({
    missing: 'prerequisite-failed',
    detail: 'the AI system cannot reach this machine: the listener has no publicUrl',
  });
});
