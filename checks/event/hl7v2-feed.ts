import { defineCheck } from '../../src/check.js';
import { lowerBound, rateLevel } from '../../src/model/shares.js';

/** Messages that may be lost where the contract says nothing else. */
const tolerableLoss = 0.05;

export default defineCheck({
  id: 'event.hl7v2-feed',
  kind: 'probe',
  severity: 'major',
  blocks: 'ehr-configuration',
  title: 'The HL7 v2 feed loses and garbles nothing, and sends again what was not acknowledged',
  failureTitle: 'The HL7 v2 feed loses or garbles what happened',
  plain:
    'What happens in the record reaches the AI by the hospital’s message feed: complete, once, and about the right patient.',
  why: 'A feed is a program of its own with a queue, a translation and a filter of its own; nobody sees from the record that a message was lost or says something else.',
  sends:
    'Listens for the feed with a listener of its own and sends nothing into it but acknowledgements. Causes the event four times with test objects that are taken back, keeps one acknowledgement back, and compares each message with the record. Messages about anybody else are acknowledged, counted and dropped.',
  ask: {
    of: 'ehr-team',
    text: 'Change one test visit and show us the message that left the interface engine, its acknowledgement, and what the engine does when none comes.',
  },
  remedy: [
    {
      owner: 'ehr-team',
      effort: 'medium',
      text: 'Agree on acknowledgements (MSH-15, MSH-16) and on sending again; watch the queue; correct the mapping of the fields named.',
    },
    { owner: 'ehr-team', effort: 'medium', text: 'Encrypt the feed with TLS wherever it leaves the machine.' },
    {
      owner: 'vendor',
      effort: 'medium',
      text: 'Act once for each MSH-10, and read the record before acting on what a message says.',
    },
  ],
  references: [
    'https://www.hl7.org/implement/standards/product_brief.cfm?product_id=185',
    'https://www.hl7.org/documentcenter/public/wg/inm/mllp_transport_specification.PDF',
  ],
  maps: ['45 CFR 164.312(e)(1)'],
  writes: 'all',
  subjects: 'trigger',
  when: ({ item: { channel } }) => channel?.kind === 'hl7v2',
  ifNone: 'not-applicable',
  reads: ['hl7v2-feed'],
  messages: {
    'clear-text': {
      kind: 'proof',
      text: '{inClearText} connections began to send messages in clear text; they were refused unread.',
    },
    'clear-text-refused': {
      kind: 'control',
      text: 'The feed speaks clear text on this machine, and the listener asks for TLS; no message was read.',
    },
    'not-reached': {
      kind: 'control',
      text: 'No connection to the listener came about; whether the feed is running is not known.',
    },
    'no-message': { kind: 'control', text: 'The feed connected and no message came in the time waited.' },
    'wrong-patient': {
      kind: 'proof',
      text: '{wrong} of {arrived} messages name another patient than the record they are about.',
    },
    differs: { kind: 'proof', text: 'Messages and record disagree in {fields}.' },
    lost: { kind: 'rate', text: '{lost} of {expected} messages were lost.' },
    'lost-few': {
      kind: 'control',
      text: '{lost} of {expected} messages did not come; that is too few to say how many are lost.',
    },
    'not-readable': { kind: 'limit', text: '{unreadable} frames held no HL7 v2 message.' },
    'told-twice': { kind: 'limit', text: '{twice} of {arrived} events were told of more than once.' },
    'patient-not-named': { kind: 'limit', text: '{unnamed} of {arrived} messages hold no patient identifier (PID-3).' },
    'nothing-to-compare': {
      kind: 'limit',
      text: 'The messages hold none of the fields that are compared: PID-5, PID-7, PID-8, start, SCH-25.',
    },
    'no-time': {
      kind: 'limit',
      text: '{untimed} of {arrived} messages do not say when it happened (EVN-2, or MSH-7 where there is no EVN).',
    },
    'never-again': { kind: 'limit', text: 'A message that was not acknowledged did not come again.' },
    'again-as-new': {
      kind: 'limit',
      text: 'A message that was not acknowledged came again under another control id.',
    },
    'not-held-back': {
      kind: 'limit',
      text: 'Nothing is known about messages that are not acknowledged: none could be told to be about the test patient in time.',
    },
  },
  evaluate: ({ 'hl7v2-feed': feed }, say) => {
    const { types, events, sameMachine, inClearText, connections, others, unreadable, resend } = feed;
    const here = events.filter(({ arrived }) => arrived > 0);
    const arrived = here.length;
    const verdicts = [];
    if (inClearText > 0 && !sameMachine) verdicts.push(say.fail('clear-text', { inClearText }));
    if (arrived === 0 && others === 0) {
      if (verdicts.length > 0) return verdicts;
      if (inClearText > 0) return say.notMeasured('clear-text-refused', 'prerequisite-failed');
      if (connections === 0) return say.notMeasured('not-reached', 'prerequisite-failed');
      return say.notMeasured('no-message', 'too-few');
    }
    const wrong = here.filter(({ patient }) => patient === 'other').length;
    if (wrong > 0) verdicts.push(say.fail('wrong-patient', { wrong, arrived }));
    const fields = [...new Set(here.flatMap(({ differs }) => differs))].sort();
    if (fields.length > 0) verdicts.push(say.fail('differs', { fields: fields.join(', ') }));
    const expected = events.length * types.length;
    const lost = expected - events.reduce((sum, { typesArrived }) => sum + typesArrived, 0);
    if (lowerBound(lost, expected, rateLevel(1)) > tolerableLoss) verdicts.push(say.fail('lost', { lost, expected }));
    else if (lost > 0) verdicts.push(say.notMeasured('lost-few', 'too-few', { lost, expected }));
    if (unreadable > 0) verdicts.push(say.warn('not-readable', { unreadable }));
    const unnamed = here.filter(({ patient }) => patient === 'not-named').length;
    if (unnamed > 0) verdicts.push(say.warn('patient-not-named', { unnamed, arrived }));
    if (arrived > 0 && here.every(({ compared }) => compared.length === 0))
      verdicts.push(say.warn('nothing-to-compare'));
    const untimed = here.filter(({ timed }) => timed === null).length;
    if (untimed > 0) verdicts.push(say.warn('no-time', { untimed, arrived }));
    // The one that was not acknowledged may well come twice under two ids.
    const spare = resend === 'other-id' ? 1 : 0;
    const twice = here.filter((each) => each.arrived > types.length).length - spare;
    if (twice > 0) verdicts.push(say.warn('told-twice', { twice, arrived }));
    if (resend === 'none') verdicts.push(say.warn('never-again'));
    if (resend === 'other-id') verdicts.push(say.warn('again-as-new'));
    if (resend === null && arrived > 0) verdicts.push(say.warn('not-held-back'));
    const afterMs = Math.max(0, ...here.map((each) => each.afterMs ?? 0));
    return verdicts.length > 0 ? verdicts : say.pass({ events: arrived, mostMs: Math.ceil(afterMs), others });
  },
});
