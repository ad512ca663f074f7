import leakage from '../../../checks/hipaa/phi-leakage.js';
import type { FactValue } from '../../../src/model/fact.js';
import { testCheck, type CaseFacts } from '../../support/test-check.js';

type Seen = FactValue<'canaries-seen'>;
type Found = Seen['found'][number];

const seen: Seen = { controls: 3, exchanges: 120, errors: 4, unsigned: 3, found: [] };
const of = (changed: Partial<Seen>): CaseFacts => ({
  'canaries-seen': { ...seen, ...changed },
  'unsigned-reading': { status: 401 },
});
const found = (place: Found['place'], more: Partial<Found> = {}): CaseFacts =>
  of({ found: [{ place, of: 'listed', times: 2, whose: 'p1', ...more }] });

const addresses = (withCanary: number, telling = withCanary): FactValue<'product-addresses'> => ({
  requests: 40,
  withCanary,
  telling,
  controls: 1,
  parameters: withCanary === 0 ? [] : ['family'],
});

const refusals = (
  hosts: FactValue<'product-refusals'>['hosts'],
  kinds: FactValue<'product-refusals'>['kinds'],
): CaseFacts => ({
  ...of({}),
  'product-refusals': { requests: 40, refused: kinds.reduce((sum, { times }) => sum + times, 0), kinds, hosts },
});

testCheck(leakage, {
  pass: {
    'nowhere but in the records': of({}),
    'nor in an address of the product': { ...of({}), 'product-addresses': addresses(0) },
    'every request of the product was for its EHR': refusals([], []),
    'the control is a record the product read': { ...of({ controls: 0 }), 'product-addresses': addresses(0) },
  },
  warn: {
    'in the address of a request': found('sent-address'),
    'in a next link': found('given-address'),
    'in an error message': found('error'),
    'in a cookie': found('cookie'),
    'in a header': found('header'),
    'in addresses of the product': { ...of({}), 'product-addresses': addresses(3) },
    'the product names people in addresses': { ...of({}), 'product-addresses': addresses(0, 2) },
  },
  fail: {
    'to somebody who is not signed in': found('unsigned-answer'),
    'in an address elsewhere': found('given-address', { of: 'stranger' }),
    'in an address without encryption': found('given-address', { of: 'clear-text' }),
    'wanted by the product to go to a stranger': refusals(
      [{ host: 'other.example', listed: false, times: 2, withCanary: 1, whose: 'p1' }],
      [{ why: 'absolute-form', times: 2 }],
    ),
    'found, although the control failed': of({
      controls: 0,
      found: [{ place: 'unsigned-answer', of: 'listed', times: 1, whose: 'p1' }],
    }),
  },
  notMeasured: {
    'the search finds nothing where it must': of({ controls: 0 }),
    'nobody asked without a sign-in': { 'canaries-seen': seen },
    'only the sign-in was refused to answer': of({ unsigned: 0 }),
    'the product asked for a tunnel': refusals(
      [{ host: 'other.example', listed: false, times: 2, withCanary: 0 }],
      [{ why: 'connect', times: 2 }],
    ),
    'the product asked a listed host by a whole address': refusals(
      [{ host: 'ehr.example', listed: true, times: 1, withCanary: 1, whose: 'p1' }],
      [{ why: 'absolute-form', times: 1 }],
    ),
    'nobody can say where a request of the product ended': refusals([], [{ why: 'framing', times: 1 }]),
    'no canary is named': { 'canaries-seen': { missing: 'no-test-object' }, 'unsigned-reading': { status: 401 } },
  },
});
