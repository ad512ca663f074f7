import { defineCheck, type Verdict } from '../../src/check.js';

export default defineCheck({
  id: 'event.duplicate-reorder',
  kind: 'probe',
  severity: 'major',
  blocks: 'vendor-integration',
  title: 'The same event twice, or two in the wrong order, cause one action',
  failureTitle: 'One event told twice is acted on twice, or an older one undoes a newer',
  plain: 'When the network delivers a message twice or late, the patient still has one visit, in its newest state.',
  why: 'Every channel that does not lose messages repeats some, and none keeps the order over a bad day. A product that takes each arrival for a new event books twice, and one that trusts the last arrival goes back in time.',
  sends:
    'Tells the product of one event and then of the same once more and twice at once, by its webhook; of a change in the EHR, of the same change again, and last of an older change of the same object. Counts what lives in the EHR afterwards and the answers the product shows.',
  ask: {
    of: 'vendor',
    text: 'Deliver one event to your product twice, and two changes of one visit in reverse order, and show us what the EHR then holds.',
  },
  remedy: [
    {
      owner: 'vendor',
      effort: 'medium',
      text: 'Remember every event by subscription, event number and version of its object, act on each once, and read the object again before acting.',
    },
    {
      owner: 'ehr-team',
      effort: 'low',
      text: 'Give every notification a number and the version of its object, so that a receiver can tell a repetition from news.',
    },
  ],
  references: [
    'https://hl7.org/fhir/uv/subscriptions-backport/STU1.1/notifications.html',
    'https://www.rfc-editor.org/rfc/rfc9110#section-9.2.2',
  ],
  maps: ['45 CFR 164.312(c)(1)'],
  writes: 'all',
  subjects: 'trigger',
  when: ({ item: { trigger } }) => trigger.kind === 'ehr-event' || trigger.kind === 'external',
  ifNone: 'not-applicable',
  reads: ['event-replays'],
  messages: {
    'acted-twice': { kind: 'proof', text: 'One event, told {told} times, left {objects} objects.' },
    'older-state-won': {
      kind: 'proof',
      text: 'After an older event was told last, the object is no longer in the state the newer one gave it.',
    },
    'acted-on-older': {
      kind: 'proof',
      text: 'Told of an older event after the newer one, the product made {objects} more objects.',
    },
    'answer-gone': {
      kind: 'proof',
      text: 'Told of an older event after the newer one, the product no longer shows its answer to the newer.',
    },
    'answered-twice': {
      kind: 'limit',
      text: 'One event, told {told} times, is answered {answers} times; nothing was written twice.',
    },
    'no-effect': {
      kind: 'control',
      text: 'The event led to nothing that could be seen, so nothing is shown about a second time.',
    },
  },
  evaluate: ({ 'event-replays': { kind, told, objects, answers, afterOlder } }, say) => {
    const verdicts: Verdict[] = [];
    if (objects > 1) verdicts.push(say.fail('acted-twice', { told, objects }));
    if (afterOlder !== null) {
      if (!afterOlder.newestKept) verdicts.push(say.fail('older-state-won'));
      if (afterOlder.objects > objects)
        verdicts.push(say.fail('acted-on-older', { objects: afterOlder.objects - objects }));
      if ((answers ?? 0) > 0 && afterOlder.answers === 0) verdicts.push(say.fail('answer-gone'));
    }
    if (verdicts.length > 0) return verdicts;
    const mostAnswers = Math.max(answers ?? 0, afterOlder?.answers ?? 0);
    if (objects === 0 && mostAnswers === 0) return say.notMeasured('no-effect', 'control-failed');
    if (mostAnswers > 1) return say.warn('answered-twice', { told, answers: mostAnswers });
    return say.pass({ kind, told, objects, ...(answers === null ? {} : { answers }) });
  },
});
