import { expect, it } from 'vitest';
import type { FactValue } from '../../../src/model/fact.js';
import { defineDeviation, partOf, type Deviation } from '../../../src/sandbox/deviation.js';
import { byHl7v2 } from '../../../src/sandbox/hl7v2-channel.js';
import { rows } from '../../support/everything.js';
import { trial, type TrialOptions } from '../../support/trial.js';

type Feed = FactValue<'hl7v2-feed'>;
const subject = 'trigger:appointment-freed';

const heard = async (options: TrialOptions = {}) => {
  const result = await trial({ checks: ['event.hl7v2-feed'], change: byHl7v2, ...options });
  const messages = result.results.get('event.hl7v2-feed')?.judgements.map(({ messageId }) => messageId);
  return { ...result, messages, feed: result.fact('hl7v2-feed', subject) as Feed };
};
const feeding = (feed: NonNullable<Deviation['feed']>): Deviation =>
  defineDeviation({
    id: 'inline',
    title: 'inline',
    caughtBy: ['event.hl7v2-feed'],
    source: 'https://example.org',
    feed,
  });

it('hears each caused event once, by TLS, equal to FHIR, and takes everything back', async () => {
  const { outcome, feed, before, after, exchanges } = await heard();
  expect(outcome('event.hl7v2-feed')).toBe('pass');
  expect(feed).toMatchObject({ types: ['SIU^S15'], encrypted: true, connections: 1, others: 0, resend: 'same-id' });
  const told = { arrived: 1, typesArrived: 1, timed: 'MSH-7', patient: 'same', differs: [] };
  expect(feed.events).toMatchObject([told, told, told, told]);
  expect(feed.events.flatMap(({ compared }) => compared)).toHaveLength(20);
  expect(exchanges.filter(({ probe }) => probe === 'hl7v2-feed').length).toBeLessThanOrEqual(24);
  expect(after).toBe(before);
});

it('expects every message type the channel names', async () => {
  const { outcome, feed } = await heard({
    change: (documents) => {
      byHl7v2(documents);
      partOf(documents.organization, 'channels', 'appointment-freed')['event'] = 'SIU^S12, SIU^S15';
    },
  });
  expect(outcome('event.hl7v2-feed')).toBe('pass');
  expect(feed.events.map(({ typesArrived }) => typesArrived)).toEqual([2, 2, 2, 2]);
});

it('acknowledges, counts and drops what is about anybody else', async () => {
  const acknowledged: boolean[] = [];
  const stranger = (text: string): string =>
    text.replace(/^PID\|1\|\|[^^|]*(.*)$/m, 'PID|1||ZZSTRANGER$1').replace(/^SCH\|[^|]*\|[^|]*/m, 'SCH|other|other');
  const { outcome, feed, facts } = await heard({
    deviations: [
      feeding((next) => async (message) => {
        acknowledged.push(
          await next({
            ...message,
            controlId: `s-${message.controlId}`,
            text: stranger(message.text).replace(message.controlId, `s-${message.controlId}`),
          }),
        );
        return next(message);
      }),
    ],
  });
  expect(outcome('event.hl7v2-feed')).toBe('pass');
  expect(feed.others).toBeGreaterThan(3);
  expect(acknowledged.slice(0, 4)).toEqual([true, true, true, true]);
  expect(JSON.stringify(facts)).not.toContain('ZZSTRANGER');
});

const wrong: readonly [string, string, string][] = [
  ['feed-loses-messages', 'fail', 'lost'],
  ['feed-garbles-start', 'fail', 'differs'],
  ['feed-of-another-patient', 'fail', 'wrong-patient'],
  ['feed-without-time', 'warn', 'no-time'],
  ['feed-never-resends', 'warn', 'never-again'],
];
it.each(rows(wrong))('%s: %s, %s', async (id, expected, message) => {
  const { outcome, messages } = await heard({ deviations: [id] });
  expect(outcome('event.hl7v2-feed')).toBe(expected);
  expect(messages).toContain(message);
});

it.each([
  ['EVN-2 where there is an EVN', 'EVN||20261120080000+0000', 'pass', 'EVN-2'],
  ['no time where it is empty, whatever MSH-7 says', 'EVN||', 'warn', null],
])('takes %s', async (_, segment, expected, timed) => {
  const { outcome, feed } = await heard({
    deviations: [feeding((next) => (message) => next({ ...message, text: `${message.text}${segment}\r` }))],
  });
  expect(outcome('event.hl7v2-feed')).toBe(expected);
  expect(new Set(feed.events.map((each) => each.timed))).toEqual(new Set([timed]));
});

it.each<[string, Partial<TrialOptions>, string]>([
  [
    'no listener with a port',
    {
      change: (documents) => {
        byHl7v2(documents);
        partOf(documents.organization, 'listeners', 'hl7v2')['port'] = 0;
      },
    },
    'prerequisite-failed',
  ],
  [
    'no message type',
    {
      change: (documents) => {
        byHl7v2(documents);
        delete partOf(documents.organization, 'channels', 'appointment-freed')['event'];
        for (const trigger of documents.contract['triggers'] as Record<string, unknown>[])
          delete trigger['equivalents'];
      },
    },
    'undecided',
  ],
  ['writes that are not allowed', { writes: 'none' }, 'writes-off'],
])('is not measured with %s', async (_, options, reason) => {
  const { results } = await heard(options);
  expect(results.get('event.hl7v2-feed')).toMatchObject({ outcome: 'not-measured', reason });
});

it('says that nobody connected where no feed is running, after one event', async () => {
  const { messages, feed } = await heard({ deviations: [feeding(() => () => Promise.resolve(false))] });
  expect(messages).toEqual(['not-reached']);
  expect(feed).toMatchObject({ connections: 0, resend: null });
  expect(feed.events).toHaveLength(1);
});

it('is not asked where another channel is declared', async () => {
  const { outcome, facts } = await trial({ checks: ['event.hl7v2-feed'] });
  expect(outcome('event.hl7v2-feed')).toBe('not-applicable');
  expect(facts.filter(({ kind }) => kind === 'hl7v2-feed')).toEqual([]);
});
