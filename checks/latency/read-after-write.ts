import { defineCheck } from '../../src/check.js';
import {
  demandOf,
  latencyMessages,
  latencyVerdict,
  offered,
  undecidedBudget,
} from '../../src/model/latency-judgement.js';
import { latencyCheckOf } from '../../src/model/latency-pairs.js';

const defaultMs = 2_000;

export default defineCheck({
  id: 'latency.read-after-write',
  kind: 'probe',
  severity: 'major',
  blocks: 'ehr-configuration',
  title: 'What was written is visible within its budget',
  failureTitle: 'What was written is not visible in time',
  plain: 'The next person who looks sees the booking that was just made.',
  why: 'An index or a cache can lag behind the record; whoever searches in between decides on a world that no longer exists.',
  sends:
    'After each measured create: a read by id, then the work list’s own search by a staff client until the object appears, in turn as it is and with Cache-Control: no-cache.',
  ask: {
    of: 'ehr-team',
    text: 'File 20 test records through the interface and show us, for each, when it appeared on the list the staff work from.',
  },
  remedy: [
    {
      owner: 'vendor',
      effort: 'low',
      text: 'After a write read by id; let no decision rest on a search that may be cached.',
    },
    {
      owner: 'ehr-team',
      effort: 'medium',
      text: 'Ask how long search results are reused and when the index follows a write, and shorten it for this workflow.',
    },
  ],
  references: [
    'https://hl7.org/fhir/R4/http.html#transactional-integrity',
    'https://www.rfc-editor.org/rfc/rfc9111#section-5.2.1.4',
  ],
  writes: 'all',
  subjects: 'budget',
  when: ({ item: { entry } }) => latencyCheckOf(entry.from, entry.to) === 'latency.read-after-write',
  ifNone: 'not-applicable',
  reads: ['latency-series'],
  optional: ['write-visibility'],
  messages: {
    ...latencyMessages,
    ...undecidedBudget,
    'only-without-cache': {
      kind: 'limit',
      text: '{onlyWithoutCache} of {writes} objects were found only by a search that asks for no cached answer.',
    },
    'unread-by-id': { kind: 'limit', text: '{unreadById} of {writes} objects could not be read by id at once.' },
    'no-staff-reader': {
      kind: 'limit',
      text: 'Only the AI system’s own client looked; whether staff sees the {writes} objects is not known.',
    },
  },
  evaluate: ({ 'latency-series': series, 'write-visibility': seen }, say, { item: { entry } }) => {
    const demand = demandOf(entry);
    if (demand === undefined) {
      return say.notMeasured('no-budget', 'undecided', { who: 'The clinical owner', default: offered(defaultMs) });
    }
    return [
      latencyVerdict(say, series, demand, seen),
      ...(seen !== undefined && seen.onlyWithoutCache > 0 ? [say.warn('only-without-cache', seen)] : []),
      ...(seen !== undefined && seen.unreadById > 0 ? [say.warn('unread-by-id', seen)] : []),
      ...(seen?.reader === 'ai' ? [say.warn('no-staff-reader', seen)] : []),
    ];
  },
});
