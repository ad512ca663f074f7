import fields from '../../../checks/contract/fields.js';
import type { ContractResource } from '../../../src/model/documents/contract.js';
import { testCheck, type CaseFacts, type FullCase } from '../../support/test-check.js';
import { agreed, inherited, problem } from './run-case.js';

const slot: ContractResource = {
  id: 'slot',
  type: 'Slot',
  find: 'Slot?start=ge{{now}}',
  fields: [{ path: 'Slot.start', need: 'must', why: 'offer' }],
  freshness: { maxAge: 'PT10S', mode: 'live' },
};
const facts = { 'document-problems': [], ...agreed };
const about = (item: ContractResource, with_: CaseFacts = facts): FullCase => ({ facts: with_, subject: { item } });
const { freshness: _f, ...undated } = slot;
const { find: _s, ...unfound } = slot;
const { fields: _l, ...fieldless } = slot;

testCheck(fields, {
  pass: { 'all of it': about(slot) },
  warn: {
    'no reason': about({ ...slot, fields: ['Slot.start'] }),
    'no freshness': about(undated),
    'inherited by a draft': about(slot, { 'document-problems': [], ...inherited('/resources') }),
  },
  fail: {
    'a path R4 does not have': about(slot, {
      ...facts,
      'document-problems': [problem('path-not-in-r4', '/resources/0/fields/0/path', 'Slot.begin')],
    }),
    'a search parameter R4 does not have': about(slot, {
      ...facts,
      'document-problems': [problem('unknown-search-parameter', '/resources/0/find', 'begin')],
    }),
  },
  notMeasured: { 'no fields': about(fieldless), 'no search': about(unfound) },
});
