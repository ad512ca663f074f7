import { defineCheck } from '../../src/check.js';
import {
  demandOf,
  latencyMessages,
  latencyVerdict,
  offered,
  undecidedBudget,
} from '../../src/model/latency-judgement.js';
import { latencyCheckOf } from '../../src/model/latency-pairs.js';

const defaultMs = 120_000;

export default defineCheck({
  id: 'latency.event-to-record',
  kind: 'probe',
  severity: 'major',
  blocks: 'vendor-integration',
  title: 'The result stands in the record within its budget',
  failureTitle: 'The result reaches the record too late, or not at all',
  plain: 'What the AI was asked for stands in the EHR, where staff looks, while it still matters.',
  why: 'An answer that is not in the record has to be typed in by somebody, and until then two people work on two truths.',
  sends:
    'Tells the AI system by its webhook of the contract’s event about test patients, looks for the result by the action’s own search as staff would, at jittered times, and takes each result back at once. With --observe it causes nothing and times what others do to the listed patients; with --manual, what somebody does to them on the EHR’s screen. Where the contract names two times of the record (clock), it reads those of earlier work.',
  ask: {
    of: 'vendor',
    text: 'Let 20 test events reach your product and show us, for each, the time of the event and the time at which staff could read the result in our EHR.',
  },
  remedy: [
    {
      owner: 'vendor',
      effort: 'medium',
      text: 'Write when the answer is known; a queue that is flushed in batches is the usual place where the time goes.',
    },
    {
      owner: 'vendor',
      effort: 'high',
      text: 'If the product writes nothing yet, build the write-back: a note to staff is not the record.',
    },
    {
      owner: 'ehr-team',
      effort: 'medium',
      text: 'If the write is acknowledged in time and staff sees it late, look at the index behind the work list.',
    },
  ],
  references: [
    'https://hl7.org/fhir/R4/http.html#create',
    'https://www.itl.nist.gov/div898/handbook/prc/section2/prc252.htm',
  ],
  writes: 'all',
  subjects: 'budget',
  when: ({ item: { entry } }) => latencyCheckOf(entry.from, entry.to) === 'latency.event-to-record',
  ifNone: 'not-applicable',
  reads: ['latency-series'],
  messages: {
    ...latencyMessages,
    ...undecidedBudget,
    'never-in-record': {
      kind: 'rate',
      text: 'Nothing stood in the record after any of {n} events, {over} of them for longer than {budget}.',
    },
  },
  evaluate: ({ 'latency-series': series }, say, { item: { entry } }) => {
    const demand = demandOf(entry);
    if (demand === undefined) {
      return say.notMeasured('no-budget', 'undecided', { who: 'The clinical owner', default: offered(defaultMs) });
    }
    const missed = series.samples.filter(([, upperMs]) => upperMs === null).length;
    const verdict = latencyVerdict(say, { ...series, errors: missed }, demand, { unanswered: missed });
    return verdict.outcome === 'fail' && missed === series.samples.length
      ? say.fail('never-in-record', { budget: '', over: null, ...verdict.data, n: missed })
      : verdict;
  },
});
