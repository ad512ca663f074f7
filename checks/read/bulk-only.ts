import { defineCheck } from '../../src/check.js';

/** Types that are about nobody and change seldom. */
const referenceData = new Set([
  'ActivityDefinition',
  'CodeSystem',
  'ConceptMap',
  'Endpoint',
  'HealthcareService',
  'InsurancePlan',
  'Library',
  'Location',
  'Medication',
  'Organization',
  'PlanDefinition',
  'Practitioner',
  'PractitionerRole',
  'Questionnaire',
  'Substance',
  'ValueSet',
]);
const fromTheEhr = ['subscription', 'hl7v2', 'vendor-feed', 'cds-hook', 'launch', 'poll'];

export default defineCheck({
  id: 'read.bulk-only',
  kind: 'probe',
  severity: 'major',
  blocks: 'ehr-configuration',
  title: 'It does not run on last night’s copy',
  failureTitle: 'It runs on last night’s copy',
  plain: 'What has to be fresh is read when it is needed, or pushed when it changes.',
  why: 'An export, a file or a copied screen is as old as the moment it was made, and nothing in it says what changed since.',
  sends:
    'Nothing of its own: it takes the contract’s freshness, the declared channels, and whether the contract’s own search was answered.',
  ask: {
    of: 'vendor',
    text: 'Show us, for each kind of data with a limit on its age, the request or the message by which it reaches your product.',
  },
  remedy: [
    {
      owner: 'vendor',
      effort: 'medium',
      text: 'Read it at the moment of use, or take the EHR’s events; keep bulk copies for reference data.',
    },
    {
      owner: 'ehr-team',
      effort: 'medium',
      text: 'Open the search or the event that the workflow needs instead of the export.',
    },
    {
      owner: 'product-owner',
      effort: 'low',
      text: 'Say in the contract how each object arrives: live, event or bulk.',
    },
  ],
  references: ['https://hl7.org/fhir/uv/bulkdata/export.html', 'https://hl7.org/fhir/R4/http.html#search'],
  writes: 'none',
  subjects: 'resource',
  when: ({ item: { freshness } }) => freshness?.maxAge !== undefined,
  ifNone: 'not-applicable',
  reads: ['declared-arrival'],
  optional: ['search-behaviour'],
  messages: {
    'only-a-copy': {
      kind: 'proof',
      text: '{type} has a limit on its age ({maxAge}) and arrives only as a bulk copy.',
    },
    'reference-copy': { kind: 'limit', text: '{type} arrives as a bulk copy; it is reference data.' },
    'nobody-says': {
      kind: 'undecided',
      text: 'Nobody says how {type} reaches the AI system; the product owner should (default: live).',
    },
    'no-event': {
      kind: 'undecided',
      text: '{type} is to arrive by event, and no channel of the EHR is declared for an event about it.',
    },
    'not-shown': {
      kind: 'limit',
      text: '{type} is to arrive {mode}, and in this run no search of it was answered with a result.',
    },
  },
  evaluate: ({ 'declared-arrival': { events }, 'search-behaviour': search }, say, { item: { type, freshness } }) => {
    const { mode, maxAge = '' } = freshness ?? {};
    if (mode === undefined) return say.notMeasured('nobody-says', 'undecided', { type });
    if (mode === 'bulk')
      return referenceData.has(type) ? say.warn('reference-copy', { type }) : say.fail('only-a-copy', { type, maxAge });
    const channel = events.find((each) => fromTheEhr.includes(each.channel ?? ''))?.channel;
    if (mode === 'event' && channel === undefined) return say.notMeasured('no-event', 'undecided', { type });
    if (search?.search.answer !== 'searchset')
      return say.notMeasured('not-shown', 'prerequisite-failed', { type, mode });
    return say.pass(mode === 'event' ? { channel: channel ?? '' } : {});
  },
});
