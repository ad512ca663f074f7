import { defineCheck } from '../../src/check.js';
import {
  demandOf,
  latencyMessages,
  latencyVerdict,
  offered,
  undecidedBudget,
} from '../../src/model/latency-judgement.js';
import { latencyCheckOf } from '../../src/model/latency-pairs.js';
import { upperBound } from '../../src/model/shares.js';

const defaultMs = 60_000;
/** 0 of 59 without an answer; a smaller share cannot be asked of so few. */
const largestNoAnswerShare = 0.0495;

export default defineCheck({
  id: 'latency.event-to-response',
  kind: 'probe',
  severity: 'blocker',
  blocks: 'vendor-integration',
  title: 'The AI system answers an event of the EHR within its budget',
  failureTitle: 'The AI system answers too late, or not at all',
  plain: 'What happens in the EHR reaches the AI while it still matters.',
  why: 'A product that never hears of the event works beside the record: what it says was true before.',
  sends:
    'Causes the contract’s event with test objects and asks the AI system’s query, at jittered times, for the answer that names exactly this object. A hook is called about the test patients in turn, with all the data the service asks for. With --observe it causes nothing and times what others do to the listed patients; with --manual, what somebody does to them on the EHR’s screen. Where the contract names two times of the record (clock), it reads those of earlier work.',
  ask: {
    of: 'vendor',
    text: 'Let 20 test events happen in the EHR and show us, for each, the time of the event and the time at which your answer stood where it is needed.',
  },
  remedy: [
    {
      owner: 'vendor',
      effort: 'medium',
      text: 'Find where the time goes: hearing of the event, reading the record, thinking, answering.',
    },
    {
      owner: 'ehr-team',
      effort: 'medium',
      text: 'Offer a push channel for this event; a poll can be no faster than its period.',
    },
  ],
  references: ['https://hl7.org/fhir/R4/subscription.html', 'https://hl7.org/fhir/uv/subscriptions-backport/'],
  writes: 'all',
  subjects: 'budget',
  when: ({ item: { entry } }) => latencyCheckOf(entry.from, entry.to) === 'latency.event-to-response',
  ifNone: 'not-applicable',
  reads: ['latency-series'],
  messages: {
    ...latencyMessages,
    ...undecidedBudget,
    'no-response': { kind: 'rate', text: 'None of {n} events was answered, {over} of them for longer than {budget}.' },
    'no-answer-share': {
      kind: 'limit',
      text: '{errors} of {n} events had no answer, which leaves at most {errorsAtMostPercent} % open; at most 4.95 % is asked.',
    },
  },
  evaluate: ({ 'latency-series': series }, say, { item: { entry } }) => {
    const demand = demandOf(entry);
    if (demand === undefined) {
      return say.notMeasured('no-budget', 'undecided', { who: 'The clinical owner', default: offered(defaultMs) });
    }
    const unanswered = series.samples.filter(([, upperMs]) => upperMs === null).length;
    const all = { ...series, errors: unanswered };
    const verdict = latencyVerdict(say, all, demand, { unanswered });
    if (verdict.outcome === 'fail' && unanswered === series.samples.length) {
      return say.fail('no-response', { budget: '', over: null, ...verdict.data, n: unanswered });
    }
    const open = upperBound(unanswered, series.samples.length);
    if (verdict.outcome === 'pass' && open > Math.max(largestNoAnswerShare, demand.maxErrorShare ?? 0)) {
      return say.warn('no-answer-share', {
        errorsAtMostPercent: null,
        ...verdict.data,
        n: series.samples.length,
        errors: unanswered,
      });
    }
    return verdict;
  },
});
