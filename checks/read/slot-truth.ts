import { defineCheck } from '../../src/check.js';
import { lowerBound, rateLevel, upperBound } from '../../src/model/shares.js';

/** Below this many offers nothing but a clear bound decides. */
const fewest = 29;
const tolerated = 0.05;
const percent = (share: number): number => Math.round(share * 1000) / 10;

const words = (by: { provider: number; room: number | null; rule: number | null }): string =>
  `provider ${by.provider}, room ${by.room ?? 'not looked at'}, rule ${by.rule ?? 'not looked at'}`;

export default defineCheck({
  id: 'read.slot-truth',
  kind: 'probe',
  severity: 'blocker',
  blocks: 'ehr-configuration',
  title: 'Offered times exist',
  failureTitle: 'Times are offered that are taken',
  plain: 'When the AI offers a time, that time is really free.',
  why: 'Interfaces often show a copy of the schedule, or a schedule without its blocks and rules; every phantom offer ends in a second call or in two patients for one chair.',
  sends:
    'Lists up to 100 free times by the contract’s slot search, then reads the same slots, the visits that hold them and a page of the schedule’s free times with a staff context; where a context may, also the schedules, their rooms and services, and the visits of provider and room. It asks again about each one that differs.',
  ask: {
    of: 'ehr-team',
    text: 'Put the free times the interface gives for one day beside the front desk’s own screen and show us every difference.',
  },
  remedy: [
    {
      owner: 'vendor',
      effort: 'medium',
      text: 'Ask for times while the caller waits, and check the slot again in the same step that books it.',
    },
    {
      owner: 'ehr-team',
      effort: 'medium',
      text: 'Let blocks, rooms and visits booked at the desk reach the slots that the interface serves.',
    },
  ],
  references: ['https://hl7.org/fhir/R4/slot.html', 'https://profiles.ihe.net/ITI/Scheduling/'],
  writes: 'none',
  subjects: 'slots',
  ifNone: 'not-applicable',
  reads: ['offered-slots'],
  messages: {
    'cannot-be-learned': {
      kind: 'proof',
      text: 'Free times cannot be learned at all: the slot search is answered with {status}.',
    },
    'search-fails': { kind: 'availability', text: 'The slot search is answered with {status}, also when repeated.' },
    phantoms: {
      kind: 'rate',
      text: '{phantom} of {offered} offered times are taken or not allowed ({why}), at least {atLeastPercent} % (99 %).',
    },
    between: {
      kind: 'limit',
      text: '{phantom} of {offered} offered times are taken or not allowed ({why}), at most {atMostPercent} % (95 %).',
    },
    'too-few': {
      kind: 'limit',
      text: '{phantom} of {offered} offered times are taken or not allowed ({why}), which does not decide about 5 %.',
    },
    unseen: {
      kind: 'limit',
      text: '{unseen} of {free} free times of the schedule are not shown to the AI system, at least {unseenPercent} % (95 %).',
    },
  },
  evaluate: ({ 'offered-slots': { status, learnable, offered, phantom, by, free, unseen } }, say) => {
    if (!learnable)
      return status >= 500 ? say.fail('search-fails', { status }) : say.fail('cannot-be-learned', { status });
    const atMost = upperBound(phantom, offered);
    const atLeast = lowerBound(phantom, offered, rateLevel(1));
    const withheld = lowerBound(unseen, free);
    const shown = {
      phantom,
      offered,
      why: words(by),
      atMostPercent: percent(atMost),
      atLeastPercent: percent(atLeast),
      free,
      unseen,
      unseenPercent: percent(withheld),
    };
    if (atLeast > tolerated) return say.fail('phantoms', shown);
    if (atMost <= tolerated) return withheld > tolerated ? say.warn('unseen', shown) : say.pass(shown);
    return offered < fewest ? say.notMeasured('too-few', 'too-few', shown) : say.warn('between', shown);
  },
});
