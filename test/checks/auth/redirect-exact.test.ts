import redirectExact from '../../../checks/auth/redirect-exact.js';
import type { FactValue } from '../../../src/model/fact.js';
import { testCheck, type FullCase } from '../../support/test-check.js';

type Trials = FactValue<'redirect-trials'>;
type Way = Trials['trials'][number]['way'];

const page = { status: 400, sentTo: 'nowhere' } as const;
const ways: readonly Way[] = ['host', 'path', 'query', 'port', 'scheme', 'trailing-slash', 'user-information'];
const good: Trials = { trials: ways.map((way) => ({ way, ...page })), audience: { status: 302, token: false } };
const sent = (way: Way): FullCase => run({ ...good, trials: [{ way, status: 302, sentTo: 'given' }] });

function run(facts: Trials, flow: 'backend' | 'ehr-launch' = 'ehr-launch'): FullCase {
  const bindings = [{ id: 'app', environment: 'simulator', usedBy: 'ai-system', flow }];
  const item = {
    environmentId: 'simulator',
    contract: { metadata: { id: 'notes' } },
    organization: { metadata: { id: 'lakeside' }, auth: { bindings } },
  };
  return { facts: { 'redirect-trials': facts }, subject: { id: 'run', item } };
}

testCheck(redirectExact, {
  pass: {
    'a page for every address': run(good),
    'sent back to the registered address instead': run({
      ...good,
      trials: [{ way: 'query', status: 302, sentTo: 'registered' }],
    }),
  },
  warn: { 'a slash does not matter': sent('trailing-slash') },
  fail: {
    'another host': sent('host'),
    'a longer path': sent('path'),
    'another parameter': sent('query'),
    'another port': sent('port'),
    'in clear text': sent('scheme'),
    'the user part': sent('user-information'),
    'another FHIR base': run({ ...good, audience: { status: 200, token: true } }),
  },
  notMeasured: {
    'a fault instead of a page': run({ ...good, trials: [{ way: 'host', status: 500, sentTo: 'nowhere' }] }),
    'a fault for another FHIR base': run({ ...good, audience: { status: 429, token: false } }),
  },
  notApplicable: { 'a backend client': run(good, 'backend') },
});
