import channel from '../../../checks/event/channel.js';
import type { Channel } from '../../../src/model/documents/organization.js';
import type { FactValue } from '../../../src/model/fact.js';
import { testCheck, type CaseFacts, type FullCase } from '../../support/test-check.js';

type Statement = FactValue<'capability-statement'>;
const subscription = {
  type: 'Subscription',
  interactions: ['create', 'read'],
  searchParameters: [],
  operations: [],
  versioning: null,
  conditionalCreate: false,
  updateCreate: false,
  supportedProfiles: [],
};
const statement: Statement = {
  status: 200,
  found: true,
  fhirVersion: '4.0.1',
  software: null,
  interactions: [],
  operations: [],
  usCoreVersions: [],
  types: [subscription],
};
const trigger = { id: 'visit-ends', kind: 'ehr-event' } as const;

const by = (declared: Channel | undefined, facts: CaseFacts = {}): FullCase => ({
  facts: { 'capability-statement': statement, ...facts },
  subject: { item: { trigger, channel: declared } },
});
const polled = (everyMs: number | null, requestsPerSecond: number | null, more: CaseFacts = {}): FullCase =>
  by(
    { kind: 'poll' },
    {
      'channel-demand': { budgetMs: 60_000, everyMs, requestsPerSecond },
      'poll-search': { status: 200, searchset: true, refusedWhenStrict: false },
      ...more,
    },
  );
const without: Statement = { ...statement, types: [] };

testCheck(channel, {
  pass: {
    'a subscription that the EHR offers': by({ kind: 'subscription', style: 'r4-rest-hook' }),
    'a topic subscription that the EHR offers': by(
      { kind: 'subscription', style: 'r5-backport' },
      { 'capability-statement': { ...statement, topicSubscriptions: true } },
    ),
    'a feed with evidence in date': by({ kind: 'hl7v2' }, { 'channel-evidence': ['2020-01-01', '2027-01-01'] }),
    'a subscription the statement does not mention, with evidence': by(
      { kind: 'subscription' },
      { 'capability-statement': without, 'channel-evidence': [null] },
    ),
    'a poll that takes a quarter of the limit': polled(12_000, 1 / 3),
    'a poll at the pace the budget asks for': polled(null, 1),
  },
  warn: {
    'a poll that takes half of the limit': polled(12_000, 1 / 6),
    'a poll whose parameters may be ignored': polled(12_000, 1, {
      'poll-search': { status: 200, searchset: true, refusedWhenStrict: true },
    }),
  },
  fail: {
    'no subscription at all': by({ kind: 'subscription' }, { 'capability-statement': without }),
    'no topics': by({ kind: 'subscription', style: 'r5-backport' }),
    'a poll once an hour for an answer within a minute': polled(3_600_000, 1),
    'a poll that takes nine tenths of the limit': polled(12_000, 1 / 10.8),
    'a poll whose search is refused': polled(12_000, 1, {
      'poll-search': { status: 400, searchset: false, refusedWhenStrict: false },
    }),
    'a poll whose search fails': polled(12_000, 1, {
      'poll-search': { status: 500, searchset: false, refusedWhenStrict: false },
    }),
  },
  notMeasured: {
    'no channel': by(undefined),
    'no statement': by({ kind: 'subscription' }, { 'capability-statement': { ...without, found: false, status: 404 } }),
    'a feed nobody has shown': by({ kind: 'vendor-feed' }),
    'a feed with old evidence': by({ kind: 'hl7v2' }, { 'channel-evidence': ['2026-11-19'] }),
    'a poll without a budget': by(
      { kind: 'poll' },
      { 'channel-demand': { budgetMs: null, everyMs: 1_000, requestsPerSecond: 1 } },
    ),
    'a poll without limits': polled(12_000, null),
    'a poll that could not be asked': by(
      { kind: 'poll' },
      { 'channel-demand': { budgetMs: 60_000, everyMs: null, requestsPerSecond: 1 } },
    ),
  },
  notApplicable: {
    'a trigger outside the EHR': {
      facts: { 'capability-statement': statement },
      subject: { item: { trigger: { id: 'call', kind: 'external' }, channel: { kind: 'external' } } },
    },
  },
});
