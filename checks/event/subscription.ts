import { defineCheck } from '../../src/check.js';

export default defineCheck({
  id: 'event.subscription',
  kind: 'probe',
  severity: 'blocker',
  blocks: 'ehr-configuration',
  title: 'The EHR’s notices arrive, about the right record and with no patient data in clear text',
  failureTitle: 'The EHR’s notices do not arrive, or bring what they must not',
  plain:
    'When something changes in the record, the AI is told: only of what it asked for, and without the chart in the message.',
  why: 'A subscription that was accepted and never sends, or sends whole records to the wrong address, looks the same as one that works until the first patient is missed.',
  sends:
    'Makes a subscription to the event with the AI system’s client and a listener of its own, causes one event on a test patient, and takes both back. Then asks for one with a filter no server knows and for one over plain http, between two that are accepted.',
  ask: {
    of: 'ehr-team',
    text: 'Subscribe a test listener to this event, change one test visit, and show us the handshake, the message that arrived and what stood in it.',
  },
  remedy: [
    {
      owner: 'ehr-team',
      effort: 'medium',
      text: 'Look up the subscription on the server: topic, filter, state and error; allow the listener’s address.',
    },
    { owner: 'ehr-team', effort: 'low', text: 'Refuse endpoints without https and filters the topic does not have.' },
    { owner: 'vendor', effort: 'low', text: 'Ask for id-only over https and read the record with your own token.' },
  ],
  references: [
    'https://hl7.org/fhir/uv/subscriptions-backport/STU1.1/channels.html',
    'https://hl7.org/fhir/uv/subscriptions-backport/STU1.1/notifications.html',
    'https://hl7.org/fhir/R4/subscription.html',
  ],
  maps: ['45 CFR 164.312(e)(1)'],
  writes: 'one',
  subjects: 'trigger',
  when: ({ item: { channel } }) => channel?.kind === 'subscription',
  ifNone: 'not-applicable',
  reads: ['subscription-trial'],
  messages: {
    'not-accepted': { kind: 'proof', text: 'The subscription was refused with {status}.' },
    'create-fails': { kind: 'availability', text: 'The subscription was answered with {status}.' },
    'never-active': { kind: 'proof', text: 'The subscription was accepted and did not become active ({state}).' },
    'not-reached': {
      kind: 'control',
      text: 'Nothing of the EHR reached the listener (subscription: {state}); whether the way is open is not known.',
    },
    'no-header': { kind: 'proof', text: '{withoutHeader} messages came without the configured header.' },
    'no-handshake': { kind: 'proof', text: 'The subscription became active without a handshake.' },
    'no-notice': { kind: 'proof', text: 'A caused event was not told of.' },
    'wrong-focus': {
      kind: 'proof',
      text: 'The notice of a caused event is not about the record that changed ({focus}).',
    },
    'wrong-number': {
      kind: 'proof',
      text: 'After {countedBefore} events the next one has the number {number}.',
    },
    'told-twice': { kind: 'limit', text: 'One event was told of {times} times.' },
    'patient-data': { kind: 'proof', text: 'Patient data came in a notice that should be {payload}.' },
    'content-forced': { kind: 'limit', text: '{payload} was asked for, and the EHR made it full-resource.' },
    'no-time': { kind: 'limit', text: 'The notice does not say when the event was.' },
    'filter-ignored': { kind: 'proof', text: 'A filter nobody can know was accepted ({status}) as if it held.' },
    'filter-dropped': { kind: 'limit', text: 'A filter nobody can know was left out of the subscription, visibly.' },
    'plain-http': { kind: 'proof', text: 'An endpoint over plain http was accepted ({status}).' },
    'plain-http-simulator': {
      kind: 'limit',
      text: 'An endpoint over plain http was accepted ({status}) by a simulator.',
    },
    'no-control': {
      kind: 'control',
      text: 'After the refused subscriptions a good one was not accepted either, so the refusals say nothing.',
    },
    'no-event': { kind: 'control', text: 'The subscription is active and no event could be caused.' },
  },
  evaluate: ({ 'subscription-trial': trial }, say) => {
    const { style, created, settled, handshake, event, payload, arrived, withoutHeader } = trial;
    const { status: answer } = created;
    if (answer >= 500) return say.fail('create-fails', { status: answer });
    if (answer >= 300) return say.fail('not-accepted', { status: answer });
    const state = settled ?? 'unreadable';
    const reached = arrived > 0 || trial.sameMachine;
    if (!reached) return say.notMeasured('not-reached', 'prerequisite-failed', { state });
    const verdicts = [];
    if (withoutHeader > 0) verdicts.push(say.fail('no-header', { withoutHeader }));
    if (settled !== 'active') verdicts.push(say.fail('never-active', { state }));
    else if (handshake === false) verdicts.push(say.fail('no-handshake'));
    if (settled === 'active' && event === null) verdicts.push(say.notMeasured('no-event', 'no-test-object'));
    if (event !== null && event.times === 0) verdicts.push(say.fail('no-notice'));
    if (event !== null && event.times > 0) {
      const { focus, number, countedBefore, times, timed, content } = event;
      const named = payload === 'empty' ? focus === 'other' : focus !== 'changed';
      if (named) verdicts.push(say.fail('wrong-focus', { focus }));
      if (style === 'r5-backport' && handshake === true && number !== (countedBefore ?? 0) + 1) {
        verdicts.push(say.fail('wrong-number', { countedBefore, number }));
      }
      if (times > 1) verdicts.push(say.warn('told-twice', { times }));
      const forced = payload !== 'full-resource' && trial.storedPayload === 'full-resource';
      if (forced) verdicts.push(say.warn('content-forced', { payload }));
      else if (content && payload !== 'full-resource') verdicts.push(say.fail('patient-data', { payload }));
      if (style === 'r5-backport' && !timed) verdicts.push(say.warn('no-time'));
    }
    const { unsupportedFilter, plainHttp, controlAccepted } = trial;
    const { status: filterStatus, outcome: filtered } = unsupportedFilter ?? {};
    if (filtered === 'kept') verdicts.push(say.fail('filter-ignored', { status: filterStatus }));
    if (filtered === 'changed') verdicts.push(say.warn('filter-dropped'));
    if (plainHttp?.outcome === 'kept') {
      const { status } = plainHttp;
      verdicts.push(
        trial.simulator ? say.warn('plain-http-simulator', { status }) : say.fail('plain-http', { status }),
      );
    }
    if (controlAccepted === false) verdicts.push(say.notMeasured('no-control', 'control-failed'));
    return verdicts.length > 0 ? verdicts : say.pass({ style, payload });
  },
});
