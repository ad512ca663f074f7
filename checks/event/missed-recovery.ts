import { defineCheck } from '../../src/check.js';

export default defineCheck({
  id: 'event.missed-recovery',
  kind: 'probe',
  severity: 'major',
  blocks: 'ehr-configuration',
  title: 'Events missed while the network was down are noticed and caught up',
  failureTitle: 'Events that could not be delivered are lost, and nothing shows it',
  plain: 'When the connection hiccups, no patient is skipped unseen.',
  why: 'Every listener is away at some time. An EHR that gives up in silence leaves a product that believes nothing has happened.',
  sends:
    'Makes a subscription, lets two events through, then answers three with 503 and is well again. Looks for what comes by itself, and reads the state of the subscription, $status and $events. Waits for a heartbeat where one was agreed.',
  ask: {
    of: 'ehr-team',
    text: 'Switch a test listener off, change three test visits, switch it on again, and show us how we would have seen that three were missing and how to get them.',
  },
  remedy: [
    {
      owner: 'vendor',
      effort: 'medium',
      text: 'Keep the last event number; on a gap or an error read $events, and sweep by _lastUpdated once a day.',
    },
    {
      owner: 'ehr-team',
      effort: 'medium',
      text: 'Ask for $status and event numbers, for a longer retry, and for a subscription in error to stay visible.',
    },
  ],
  references: [
    'https://hl7.org/fhir/uv/subscriptions-backport/STU1.1/errors.html',
    'https://hl7.org/fhir/uv/subscriptions-backport/STU1.1/OperationDefinition-backport-subscription-status.html',
    'https://hl7.org/fhir/uv/subscriptions-backport/STU1.1/OperationDefinition-backport-subscription-events.html',
  ],
  writes: 'all',
  subjects: 'trigger',
  when: ({ item: { channel } }) => channel?.kind === 'subscription',
  ifNone: 'not-applicable',
  reads: ['missed-events'],
  messages: {
    hidden: {
      kind: 'proof',
      text: '{lost} of {missed} events were lost, and neither the subscription (state {state}) nor a counter shows it.',
    },
    'by-hand': {
      kind: 'limit',
      text: 'That events were missed can be seen; {lost} of {missed} have to be looked for by hand.',
    },
    'no-status': { kind: 'limit', text: '$status is answered with {status}; every server of topics has to offer it.' },
    'out-of-order': { kind: 'limit', text: 'Events arrive out of order, so that a gap may only be a delay.' },
    'no-heartbeat': {
      kind: 'limit',
      text: 'A heartbeat every {everySeconds} s was agreed and none came: silence may mean anything.',
    },
  },
  evaluate: ({ 'missed-events': events }, say) => {
    const { missed, sentAgain, state, statusAnswer, eventsAnswer, laterRise, numbersBefore, heartbeat } = events;
    const caughtUp = Math.max(sentAgain, eventsAnswer?.found ?? 0);
    const lost = missed - caughtUp;
    const shown =
      state === 'error' ||
      state === 'off' ||
      statusAnswer?.inError === true ||
      (statusAnswer?.counted ?? 0) >= missed ||
      (laterRise ?? 0) > sentAgain + 1;
    if (lost > 0 && !shown) return say.fail('hidden', { lost, missed, state: state ?? 'unreadable' });
    const verdicts = [];
    if (lost > 0) verdicts.push(say.warn('by-hand', { lost, missed }));
    if (statusAnswer !== null && statusAnswer.status >= 300) {
      verdicts.push(say.warn('no-status', { status: statusAnswer.status }));
    }
    const ordered = numbersBefore.every((number, index) => index === 0 || number >= (numbersBefore[index - 1] ?? 0));
    if (!ordered) verdicts.push(say.warn('out-of-order'));
    if (heartbeat?.came === false) verdicts.push(say.warn('no-heartbeat', { everySeconds: heartbeat.everySeconds }));
    return verdicts.length > 0 ? verdicts : say.pass({ missed, sentAgain });
  },
});
