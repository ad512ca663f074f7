import bulkOnly from '../../../checks/read/bulk-only.js';
import { testCheck } from '../../support/test-check.js';

const answered = {
  'search-behaviour': {
    read: { status: 200, sameObject: true },
    search: { status: 200, method: 'POST', refusedWhenStrict: false, answer: 'searchset' },
    rows: 1,
    pages: 1,
    end: 'end',
    total: 1,
    strangers: 0,
    otherTypes: 0,
    unusableIds: 0,
    knownFoundBefore: true,
    knownFoundAfter: true,
    notInSelf: [],
    notIncluded: [],
    controls: [],
    unknownType: { status: 404, searchset: false },
  },
} as const;
const refused = {
  'search-behaviour': {
    ...answered['search-behaviour'],
    search: { status: 403, method: 'POST', refusedWhenStrict: false, answer: 'error-outcome' },
  },
} as const;
const arriving = (
  type: string,
  mode: string | undefined,
  channel: 'subscription' | 'poll' | 'external' | null,
  facts: object,
) => ({
  subject: { item: { id: 'one', type, freshness: { maxAge: 'PT60S', ...(mode === undefined ? {} : { mode }) } } },
  facts: { 'declared-arrival': { events: [{ trigger: 'changed', channel }] }, ...facts },
});

testCheck(bulkOnly, {
  pass: {
    'read live, and the search is answered': arriving('Slot', 'live', null, answered),
    'pushed by a subscription': arriving('Encounter', 'event', 'subscription', answered),
    'asked for again and again': arriving('Encounter', 'event', 'poll', answered),
  },
  warn: { 'reference data as a copy': arriving('Practitioner', 'bulk', null, {}) },
  fail: {
    'a schedule as a copy': arriving('Slot', 'bulk', null, {}),
    'a copy although a live search would be answered': arriving('Slot', 'bulk', null, answered),
  },
  notMeasured: {
    'nobody says how it arrives': arriving('Slot', undefined, null, answered),
    'no channel is declared': arriving('Encounter', 'event', null, answered),
    'the event comes from elsewhere': arriving('Encounter', 'event', 'external', answered),
    'the search is refused': arriving('Slot', 'live', null, refused),
    'the search was not asked': arriving('Slot', 'live', null, {}),
  },
});
