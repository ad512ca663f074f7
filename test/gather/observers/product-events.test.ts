import { createHmac } from 'node:crypto';
import { expect, it } from 'vitest';
import { productEvents, productEventTemplate } from '../../../src/gather/observers/product-events.js';
import { scopeFor, type Recorder } from '../../../src/gather/recorder.js';
import { ExchangeFault, type Answer, type OutgoingRequest } from '../../../src/gather/request.js';
import { TemplateBudget } from '../../../src/gather/template-match.js';
import type { Writer } from '../../../src/gather/writer.js';

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
  }: { status?: number; refuses?: boolean; secret?: string | null } = {},
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
