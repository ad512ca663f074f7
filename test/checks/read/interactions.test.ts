import interactions from '../../../checks/read/interactions.js';
import type { FactValue } from '../../../src/model/fact.js';
import { testCheck } from '../../support/test-check.js';

type Behaviour = FactValue<'search-behaviour'>;
const found: Behaviour = {
  read: { status: 200, sameObject: true },
  search: { status: 200, method: 'POST', refusedWhenStrict: false, answer: 'searchset' },
  knownFoundBefore: true,
  knownFoundAfter: true,
  rows: 60,
  pages: 2,
  end: 'end',
  total: 60,
  strangers: 0,
  otherTypes: 0,
  unusableIds: 0,
  notInSelf: [],
  notIncluded: [],
  controls: [{ parameter: 'patient', status: 200, rows: 0 }],
  unknownType: { status: 404, searchset: false },
};
const seen = (more: Partial<Behaviour>) => ({
  facts: { 'search-behaviour': { ...found, ...more } },
  subject: { item: { id: 'visits', type: 'Appointment', find: 'Appointment?patient={{caller.id}}' } },
});
const searched = (more: Partial<Behaviour['search']>, others: Partial<Behaviour> = {}) =>
  seen({ search: { ...found.search, ...more }, ...others });
const control = (status: number, rows: number | null) => seen({ controls: [{ parameter: 'patient', status, rows }] });

testCheck(interactions, {
  pass: {
    'the right rows, all pages, no row for the control': seen({}),
    'no total given': seen({ total: null }),
    'the control value is refused': control(400, null),
    'a filter that self does not repeat, and that works': seen({ notInSelf: ['patient'] }),
  },
  warn: {
    'POST is not supported': searched({ method: 'GET' }),
    'strict handling is refused': searched({ refusedWhenStrict: true }),
    'a sort order that self does not repeat': seen({ notInSelf: ['_sort'] }),
    'an include that brings nothing': seen({ notIncluded: ['_include'] }),
    'another total than rows': seen({ total: 62 }),
    'more pages than are followed': seen({ end: 'unfinished', pages: 20, total: 4_000 }),
  },
  fail: {
    'search refused': searched({ status: 400, answer: 'error-outcome' }, { rows: 0 }),
    'search forbidden': searched({ status: 403, answer: 'error-outcome' }, { rows: 0 }),
    'server error': searched({ status: 500, answer: 'error-outcome' }, { rows: 0 }),
    '200 with an OperationOutcome': searched({ answer: 'error-outcome' }, { rows: 0 }),
    'filter ignored': control(200, 50),
    'rows of other patients': seen({ strangers: 59 }),
    'rows of another type': seen({ otherTypes: 1 }),
    'an id that is none': seen({ unusableIds: 1 }),
    'next link to another address': seen({ end: 'elsewhere', pages: 1 }),
    'next link in a circle': seen({ end: 'loops' }),
    'next link broken': seen({ end: 'broken', pages: 1 }),
    'read refused': seen({ read: { status: 403, sameObject: false } }),
    'read fails': seen({ read: { status: 500, sameObject: false } }),
    'another record than asked for': seen({ read: { status: 200, sameObject: false } }),
    'an unknown type has an empty result': seen({ unknownType: { status: 200, searchset: true } }),
  },
  notMeasured: {
    'nothing is known of the type': seen({ read: null, knownFoundBefore: false, knownFoundAfter: false, rows: 0 }),
    'the known record is lost in between': seen({ knownFoundAfter: false }),
    'the control was not answered': control(503, null),
    'POST is needed and not supported': searched({ status: 405, answer: 'other' }, { rows: 0 }),
  },
  notApplicable: {
    'a resource nobody searches': {
      facts: { 'search-behaviour': found },
      subject: { item: { id: 'note', type: 'DocumentReference' } },
    },
  },
});
