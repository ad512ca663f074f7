import noAccess from '../../../checks/prod/no-access.js';
import type { FactValue } from '../../../src/model/fact.js';
import { testCheck, type CaseFacts, type FullCase } from '../../support/test-check.js';

type Asked = FactValue<'asked-without-access'>;

const hidden: Asked['cases'][number] = {
  patient: 'south-1',
  keptBackBy: 'another-site',
  met: null,
  refusedWith: 404,
  shownBefore: true,
  shownAfter: true,
  leaked: false,
  opened: null,
  status: 200,
  outcome: 'queued-for-human',
  tookMs: 40,
  written: 0,
};
const asked = (each: Partial<Asked['cases'][number]>, controls: Partial<Asked> = {}): CaseFacts => ({
  'asked-without-access': { servedBefore: true, servedAfter: true, cases: [{ ...hidden, ...each }], ...controls },
});
const proxied: Asked['cases'][number] = {
  ...hidden,
  patient: 'p2',
  keptBackBy: 'proxy',
  met: 1,
  refusedWith: 403,
  opened: false,
};
/** The patient of another site, and one whom the proxy keeps back. */
const both = (each: Partial<Asked['cases'][number]>): CaseFacts => ({
  'asked-without-access': { servedBefore: true, servedAfter: true, cases: [hidden, { ...proxied, ...each }] },
});
const agreed = (each: Partial<Asked['cases'][number]>, behaviour = 'queue-for-human'): FullCase => ({
  facts: asked(each),
  subject: {
    item: {
      contract: { failure: { 'no-access': { behaviour, within: 'PT1M' } } },
      organization: {},
      environmentId: 'simulator',
    },
  },
});

testCheck(noAccess, {
  pass: {
    'handed over for both': both({}),
    'never asked for the one the proxy keeps back, and booked': both({ met: 0, outcome: 'booked', written: 1 }),
    'handed over for a labelled record': asked({ keptBackBy: 'label', outcome: 'refused' }),
    'handed over in time': agreed({ tookMs: 60_000 }),
    'stops, as the contract says': agreed({ outcome: 'refused' }, 'stop'),
    'handed to a person': asked({}),
    'handed to a person, seen through the proxy': asked({ opened: false }),
    'says that it may not': asked({ outcome: 'refused', refusedWith: 403 }),
  },
  warn: {
    'handed over too late': agreed({ tookMs: 60_001 }),
    'says that it may not, and a person was to look': agreed({ outcome: 'refused' }),
    'no word where the proxy keeps it back': both({ outcome: null, status: 500 }),
    'noted, and nothing said': asked({ outcome: 'noted' }),
    'an error and no word': asked({ outcome: null, status: 500 }),
  },
  fail: {
    'takes 403 for none': both({ outcome: 'nothing-free' }),
    'takes 404 for none': both({ outcome: 'nothing-free', refusedWith: 404 }),
    'books for whom the proxy keeps back': both({ outcome: 'booked', written: 1 }),
    'knows what the proxy keeps back': both({ leaked: true }),
    'drafts about a labelled record': asked({ keptBackBy: 'label', outcome: 'drafted', written: 1 }),
    'takes 403 for none, and nothing else was kept back': asked({ ...proxied, outcome: 'nothing-free' }),
    'takes it for none': asked({ outcome: 'nothing-free' }),
    'says that it has booked': asked({ outcome: 'booked' }),
    booked: asked({ outcome: 'booked', written: 1 }),
    'opened it with another right': asked({ opened: true }),
    'says what it may not know': asked({ leaked: true }),
    'says so while nobody else is served': asked({ leaked: true }, { servedAfter: false }),
  },
  notMeasured: {
    'only the proxy keeps anything back': asked(proxied),
    'nothing was kept back at all': asked({ ...proxied, met: 0 }),
    'not shown after the proxy kept it back': both({ shownAfter: false }),
    'not shown to be there afterwards': asked({ shownAfter: false }),
    'not shown to be there before': asked({ shownBefore: false, outcome: 'nothing-free' }),
    'nobody is served afterwards': asked({}, { servedAfter: false }),
    'nobody is served before': asked({}, { servedBefore: false }),
    'no answer': asked({ outcome: null, status: 0 }),
  },
});
