import { defineCheck } from '../../src/check.js';
import { parseDurationMs } from '../../src/model/documents/duration.js';
import { ageMessages, pairedVerdict, windowVerdicts } from '../../src/model/age-judgement.js';
import type { Verdict } from '../../src/model/check.js';
import { timeMessages, timeVerdict } from '../../src/model/latency-judgement.js';

const percentile = 95;
export default defineCheck({
  id: 'freshness.source-age',
  kind: 'probe',
  severity: 'blocker',
  blocks: 'vendor-integration',
  title: 'Decisions rest on data no older than agreed',
  failureTitle: 'Decisions rest on yesterday’s data',
  plain: 'The AI does not offer what was taken yesterday.',
  why: 'Age is not slowness: an answer can come at once and still describe how things were. Only a change that is watched shows it.',
  sends:
    'Takes and frees a test slot with every measured booking and asks the EHR’s search, and the AI system, until each of them shows it; then asks the AI system once more, beside a reading of the same second. A run that observes reads slots that others take and free, and asks the AI system about them, at random moments; over 26 hours it looks for an age that rises and drops. A resource no test may change stays unmeasured.',
  ask: {
    of: 'vendor',
    text: 'Take one free time off the schedule while your product runs, and show us at which moment it stops offering that time.',
  },
  remedy: [
    {
      owner: 'vendor',
      effort: 'medium',
      text: 'Read at the moment of use, or drop the copy when the EHR reports a change.',
    },
    { owner: 'ehr-team', effort: 'medium', text: 'Say how old search results, replicas and feeds can be.' },
    { owner: 'clinical-owner', effort: 'low', text: 'Confirm what age is still acceptable, for each kind of data.' },
  ],
  references: [
    'https://hl7.org/fhir/R4/http.html#transactional-integrity',
    'https://www.rfc-editor.org/rfc/rfc9111#section-4.2',
  ],
  writes: 'all',
  subjects: 'resource',
  when: ({ item: { freshness } }) => freshness?.maxAge !== undefined && freshness.mode !== 'bulk',
  ifNone: 'not-applicable',
  reads: ['source-age'],
  aggregate: { notMeasuredShare: 0.5 },
  messages: {
    ...timeMessages,
    ...ageMessages,
    'answers-not-seen': {
      kind: 'limit',
      text: 'The EHR shows changes in time ({n} seen); how old the AI system’s own knowledge is cannot be seen.',
    },
  },
  evaluate: ({ 'source-age': { ehr, aiSystem, pairs, window } }, say, { item: { freshness } }) => {
    const maxAgeMs = parseDurationMs(freshness?.maxAge ?? '');
    const demand = { percentile, budgetMs: maxAgeMs };
    const verdicts: Verdict[] = [];
    if (ehr !== null) verdicts.push(timeVerdict(say, ehr, demand, { side: 'ehr' }));
    if (aiSystem !== null) verdicts.push(timeVerdict(say, aiSystem, demand, { side: 'ai-system' }));
    else if (verdicts[0]?.outcome === 'pass') verdicts.push(say.warn('answers-not-seen', { n: ehr?.samples.length }));
    if (pairs !== null) {
      if (window === null) verdicts.push(pairedVerdict(say, pairs));
      else verdicts.push(...windowVerdicts(say, { pairs, window, maxAgeMs }));
    }
    return verdicts;
  },
});
