import subscription from '../../../checks/event/subscription.js';
import type { FactValue } from '../../../src/model/fact.js';
import { testCheck, type FullCase } from '../../support/test-check.js';

type Trial = FactValue<'subscription-trial'>;
const event = { times: 1, countedBefore: 0, number: 1, focus: 'changed', timed: true, content: false } as const;
const good: Trial = {
  style: 'r5-backport',
  payload: 'id-only',
  simulator: false,
  created: { status: 201, state: 'requested' },
  settled: 'active',
  storedPayload: 'id-only',
  arrived: 2,
  withoutHeader: 0,
  sameMachine: false,
  handshake: true,
  event,
  unsupportedFilter: { status: 422, outcome: 'refused' },
  plainHttp: { status: 201, outcome: 'error' },
  controlAccepted: true,
};
const run = (different: Partial<Trial> = {}): FullCase => ({
  facts: { 'subscription-trial': { ...good, ...different } },
  subject: {
    item: { trigger: { id: 'visit-ends', kind: 'ehr-event' }, channel: { kind: 'subscription', style: good.style } },
  },
});
const told = (different: Partial<NonNullable<Trial['event']>>, more: Partial<Trial> = {}): FullCase =>
  run({ event: { ...event, ...different }, ...more });
const plainR4 = { style: 'r4-rest-hook', handshake: null, storedPayload: null } as const;
const bare = { countedBefore: null, number: null, timed: false } as const;
const nothing = { arrived: 0, handshake: false, event: null, settled: 'error' } as const;

testCheck(subscription, {
  pass: {
    'handshake, numbered notice, refusals': run(),
    'active at once': run({ created: { status: 201, state: 'active' } }),
    'events were counted before': told({ countedBefore: 7, number: 8 }),
    'plain R4 without a payload': told({ ...bare, focus: 'none' }, { ...plainR4, payload: 'empty' }),
    'plain R4 with the resource': told({ ...bare, content: true }, { ...plainR4, payload: 'full-resource' }),
  },
  warn: {
    'no time of the event': told({ timed: false }),
    'told twice': told({ times: 2 }),
    'the EHR insists on content': told({ content: true }, { storedPayload: 'full-resource' }),
    'the filter is left out, visibly': run({ unsupportedFilter: { status: 201, outcome: 'changed' } }),
    'a simulator takes plain http': run({ simulator: true, plainHttp: { status: 201, outcome: 'kept' } }),
  },
  fail: {
    refused: run({ created: { status: 422, state: null }, ...nothing, settled: null }),
    'the server fails': run({ created: { status: 500, state: null }, ...nothing, settled: null }),
    'stuck in requested': run({ settled: 'requested', event: null }),
    'in error, on the same machine': run({ ...nothing, sameMachine: true }),
    'without the header': run({ withoutHeader: 3, arrived: 3, handshake: false, settled: 'error', event: null }),
    'no handshake': run({ handshake: false }),
    'nothing is told': told({ times: 0, focus: 'none', number: null }),
    'another record': told({ focus: 'other' }),
    'an empty notice about another record': told({ focus: 'other' }, { payload: 'empty' }),
    'no record at all': told({ focus: 'none' }),
    'not counted': told({ number: 0 }),
    'without a number': told({ number: null }),
    'patient data in an id-only notice': told({ content: true }),
    'the filter is taken as if it held': run({ unsupportedFilter: { status: 201, outcome: 'kept' } }),
    'plain http': run({ plainHttp: { status: 201, outcome: 'kept' } }),
  },
  notMeasured: {
    'nothing arrived from another machine': run({ ...nothing }),
    'no event could be caused': run({ event: null }),
    'good ones are refused too': run({ controlAccepted: false }),
  },
  notApplicable: {
    'a poll': {
      facts: {},
      subject: { item: { trigger: { id: 'visit-ends', kind: 'ehr-event' }, channel: { kind: 'poll' } } },
    },
  },
});
