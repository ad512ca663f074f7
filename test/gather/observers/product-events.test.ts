import { createHmac } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { openAnswerInbox, type AnswerInbox } from '../../../src/gather/observers/answer-inbox.js';
import { productEvents, productEventTemplate } from '../../../src/gather/observers/product-events.js';
import { scopeFor, type Recorder } from '../../../src/gather/recorder.js';
import { ExchangeFault, type Answer, type OutgoingRequest } from '../../../src/gather/request.js';
import { TemplateBudget } from '../../../src/gather/template-match.js';
import type { Writer } from '../../../src/gather/writer.js';
import { isMissing, missing, type Missing } from '../../../src/model/fact.js';
import { openDoor, type Door } from '../../../src/wire/door.js';

const now = () => new Date('2026-11-20T08:00:00.000Z');
const event = { id: 'e1', trigger: 'call', action: 'book', inputs: { family: 'ZZTESTONE' } };
const creates = { resourceType: 'Appointment', identifier: 'run-1' };

/** A product whose webhook answers this, and what happened in which order. */
function product(
  answer: unknown,
  {
    status = 200,
    refuses = false,
    secret = 's3cret',
    inbox = missing('no-ai-system', 'nobody listens'),
  }: { status?: number; refuses?: boolean; secret?: string | null; inbox?: AnswerInbox | Missing } = {},
) {
  const order: string[] = [];
  const sent: OutgoingRequest[] = [];
  const recorder = {
    send: (_scope: unknown, context: string, request: OutgoingRequest) => {
      order.push(`sent as ${context}`);
      sent.push(request);
      if (answer instanceof Error) return Promise.reject(answer);
      const text = typeof answer === 'string' ? answer : JSON.stringify(answer);
      const json: unknown = typeof answer === 'string' ? undefined : answer;
      return Promise.resolve({
        exchange: 'x7',
        status,
        ok: status < 300,
        json,
        body: Buffer.from(text),
      } as unknown as Answer);
    },
  } as unknown as Recorder;
  const writer = {
    announce: (by: { context: string; binding: { id: string } }, _scope: unknown, type: string, identifier: string) => {
      if (refuses) return Promise.reject(new ExchangeFault('writes-off', 'not agreed', undefined));
      order.push(`journalled ${type} ${identifier} by ${by.binding.id}`);
      return Promise.resolve();
    },
  } as unknown as Writer;
  const scope = scopeFor('p', 's', new TemplateBudget('p', [productEventTemplate(1)]));
  const events = productEvents(recorder, scope, {
    access: secret === null ? {} : { webhookSecret: secret },
    writer,
    bindingId: 'voice-bot',
    identifierSystem: 'https://lakeside.example/test-object',
    answers: () => Promise.resolve(inbox),
    now,
  });
  return { order, sent, tell: (...told: Parameters<typeof events.tell>) => events.tell(...told) };
}

it('signs the very bytes it sends, and says what it asks for', async () => {
  const { sent, tell } = product({ id: 'e1', outcome: 'booked', object: 'Appointment/1' });
  expect(await tell({ ...event, creates })).toMatchObject({
    event: 'e1',
    status: 200,
    outcome: 'booked',
    object: 'Appointment/1',
    exchange: 'x7',
  });
  const [{ body = '', headers }] = sent as [OutgoingRequest];
  expect(JSON.parse(body)).toEqual({
    id: 'e1',
    trigger: 'call',
    action: 'book',
    at: '2026-11-20T08:00:00.000Z',
    inputs: { family: 'ZZTESTONE' },
    identifier: { system: 'https://lakeside.example/test-object', value: 'run-1' },
  });
  const signature = createHmac('sha256', 's3cret').update(body).digest('hex');
  expect(headers).toEqual({ 'x-scorecard-signature': `sha256=${signature}` });
});

it('sends no signature where no secret is agreed', async () => {
  const { sent, tell } = product({ id: 'e1' }, { secret: null });
  await tell(event);
  expect(sent[0]?.headers).toEqual({});
});

it('tells of an older change, and gives up when it is told to', async () => {
  const { sent, tell } = product({ id: 'e1', outcome: 'noted' });
  const at = new Date('2026-11-20T07:00:00.000Z');
  const change = { resource: 'Appointment/1', change: 'create' } as const;
  await tell({ id: 'e1', trigger: 'freed', inputs: {}, at, event: change }, { deadlineMs: 40, hangsUp: true });
  expect(JSON.parse(sent[0]?.body ?? '')).toEqual({
    id: 'e1',
    trigger: 'freed',
    at: '2026-11-20T07:00:00.000Z',
    inputs: {},
    event: change,
  });
  expect(sent[0]).toMatchObject({ deadlineMs: 40, abandon: true });
});

it('writes down what may be created before anything is sent', async () => {
  const { order, tell } = product({ id: 'e1', outcome: 'booked' });
  await tell({ ...event, creates });
  expect(order).toEqual(['journalled Appointment run-1 by voice-bot', 'sent as ai-system']);
  const both = product({ id: 'e1', outcome: 'booked' });
  await both.tell({ ...event, creates, alsoCreates: 'Task' });
  expect(both.order).toEqual([
    'journalled Appointment run-1 by voice-bot',
    'journalled Task run-1 by voice-bot',
    'sent as ai-system',
  ]);
});

it('sends nothing where the write is not agreed', async () => {
  const { order, tell } = product({ id: 'e1' }, { refuses: true });
  await expect(tell({ ...event, creates })).rejects.toMatchObject({ reason: 'writes-off' });
  expect(order).toEqual([]);
});

it('takes no answer for an answer of status 0', async () => {
  const { tell } = product(new ExchangeFault('unavailable', 'no answer', 'x9', true));
  expect(await tell(event)).toMatchObject({ status: 0, outcome: undefined, object: undefined, exchange: 'x9' });
  const broken = product(new ExchangeFault('too-large', 'too large', 'x9'));
  await expect(broken.tell(event)).rejects.toMatchObject({ reason: 'too-large' });
});

it.each([
  ['an answer to another event', { id: 'e2', outcome: 'booked', object: 'Appointment/1' }],
  ['an answer that names no event', { outcome: 'booked', object: 'Appointment/1' }],
  ['no object', ['booked']],
  ['null', null],
  ['a page', '<html>booked</html>'],
  ['a word nobody agreed on', { id: 'e1', outcome: 'BOOKED!', object: 7 }],
  ['an address for a reference', { id: 'e1', outcome: {}, object: 'https://elsewhere.example/Appointment/1' }],
  ['a reference with a path in it', { id: 'e1', object: 'Appointment/../Patient/1' }],
])('claims nothing for the product: %s', async (_, answer) => {
  const { tell } = product(answer);
  expect(await tell(event)).toMatchObject({ status: 200, outcome: undefined, object: undefined });
});

it('claims nothing for a product that fails', async () => {
  const { tell } = product({ id: 'e1', outcome: 'booked', object: 'Appointment/1' }, { status: 500 });
  expect(await tell(event)).toMatchObject({ status: 500, outcome: undefined, object: undefined });
});

describe('a product that answers later', () => {
  const secret = 's3cret';
  let inbox: AnswerInbox;
  let door: Door;
  afterEach(() => Promise.all([inbox.close(), door.close()]));

  async function open(signal = new AbortController().signal): Promise<void> {
    const opened = await openAnswerInbox({
      webhookUrl: 'http://127.0.0.1:9500/ehr',
      secret,
      listener: undefined,
      tls: undefined,
      signal,
    });
    if (isMissing(opened)) throw new Error(opened.detail);
    inbox = opened;
    door = openDoor({ origins: [{ origin: new URL(inbox.endpoint).origin, purpose: 'listener' }] });
  }
  const post = async (answer: unknown, signedWith = secret): Promise<number> => {
    const body = typeof answer === 'string' ? answer : JSON.stringify(answer);
    const { status } = await door.exchange({
      purpose: 'listener',
      method: 'POST',
      url: inbox.endpoint,
      headers: { 'x-scorecard-signature': `sha256=${createHmac('sha256', signedWith).update(body).digest('hex')}` },
      body,
      carriesCredential: true,
    });
    return status;
  };
  const done = { id: 'e1', outcome: 'booked', object: 'Appointment/1' };

  it('is told where to post its answer, and is heard there as if it had answered at once', async () => {
    await open();
    const { sent, tell } = product('', { status: 202, inbox });
    const told = tell(event, { lookFor: ['ZZTESTONE'] });
    await expect.poll(() => sent.length).toBe(1);
    expect(JSON.parse(sent[0]?.body ?? '')).toMatchObject({ id: 'e1', answerTo: inbox.endpoint });
    expect(await post({ ...done, reason: 'for ZZTESTONE' })).toBe(200);
    expect(await told).toMatchObject({ ...answered, outcome: 'booked', object: 'Appointment/1', found: true });
    expect(inbox.counts).toEqual({ ...none, taken: 1 });
  });
  const answered = { event: 'e1', status: 200, exchange: 'x7' };
  const none = { taken: 0, notAwaited: 0, inVain: 0, ofNoEvent: 0, unreadable: 0, unsigned: 0 };
  const silent = { event: 'e1', status: 202, outcome: undefined, object: undefined, found: false };

  it('is not waited for where its 202 holds the answer', async () => {
    await open();
    const { tell } = product(done, { status: 202, inbox });
    expect(await tell(event)).toMatchObject({ status: 202, outcome: 'booked', object: 'Appointment/1' });
    expect(await post(done)).toBe(200);
    expect(inbox.counts).toEqual({ ...none, notAwaited: 1 });
  });

  it('has said nothing where it never posts', async () => {
    await open();
    const { tell } = product('', { status: 202, inbox });
    const answer = await tell(event, { deadlineMs: 30 });
    expect(answer).toMatchObject(silent);
    expect(answer.unheard).toBeUndefined();
    expect(await post(done), 'too late').toBe(200);
    expect(inbox.counts).toEqual({ ...none, notAwaited: 1 });
  });

  it('is said not to be heard where nobody listens', async () => {
    await open();
    const { sent, tell } = product('', { status: 202 });
    expect(await tell(event)).toMatchObject({ ...silent, unheard: { missing: 'no-ai-system' } });
    expect(sent[0]?.body).not.toContain('answerTo');
  });

  it('is not waited for when the run is interrupted', async () => {
    const interruption = new AbortController();
    await open(interruption.signal);
    const { tell } = product('', { status: 202, inbox });
    const told = tell(event, { deadlineMs: 60_000 });
    interruption.abort();
    expect(await told).toMatchObject(silent);
  });

  it('answers an event once for each time it is told', async () => {
    await open();
    const { sent, tell } = product('', { status: 202, inbox });
    const both = Promise.all([tell(event), tell(event)]);
    await expect.poll(() => sent.length).toBe(2);
    for (const object of ['Appointment/1', 'Appointment/2', 'Appointment/3']) await post({ ...done, object });
    expect((await both).map(({ object }) => object)).toEqual(['Appointment/1', 'Appointment/2']);
    expect(inbox.counts).toEqual({ ...none, taken: 2, notAwaited: 1 });
  });

  it('takes nothing for an answer that is none, and waits on for the one that is', async () => {
    await open();
    const { sent, tell } = product('', { status: 202, inbox });
    expect(await post(done), 'before the event').toBe(404);
    const told = tell(event);
    await expect.poll(() => sent.length).toBe(1);
    expect(await post({ ...done, object: 'Appointment/7' }, 'guessed'), 'forged').toBe(401);
    expect(await post({ ...done, id: 'e2' }), 'of another event').toBe(404);
    expect(await post({ outcome: 'booked' }), 'of no event').toBe(400);
    expect(await post(sent[0]?.body ?? ''), 'the event itself').toBe(400);
    expect(await post('{"id":'), 'no JSON').toBe(400);
    expect(await post({ ...done, outcome: 'BOOKED!', object: 'https://elsewhere.example/1' })).toBe(200);
    expect(await told).toMatchObject({ ...answered, outcome: undefined, object: undefined });
    expect(inbox.counts).toEqual({ ...none, taken: 1, ofNoEvent: 2, unreadable: 3, unsigned: 1 });
  });
});
