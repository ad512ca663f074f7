import { expect, it } from 'vitest';
import type { FactValue } from '../../../src/model/fact.js';
import { trial } from '../../support/trial.js';

it('asks each origin of the organization file once, and never one without TLS', async () => {
  const { fact, exchanges, prepared } = await trial({
    checks: ['hipaa.tls'],
    writes: 'none',
    change({ organization }) {
      organization['aiSystem'] = {
        webhook: { url: 'http://127.0.0.1:9/hook' },
        cdsHooks: { base: 'http://cds.voicebot.example/hooks' },
        control: { url: 'https://127.0.0.1:9/control' },
      };
    },
  });
  const seen = fact('transport-security', 'run') as FactValue<'transport-security'>;
  expect(seen.map(({ uses, transport }) => [uses[0], transport])).toEqual([
    ['fhir', 'https'],
    ['webhook', 'http-on-loopback'],
    ['cds-hooks', 'http'],
    ['ai-control', 'https'],
  ]);
  expect(seen[0]).toMatchObject({
    uses: expect.arrayContaining(['fhir', 'token']) as unknown,
    versions: { TLSv1: 'refused-by-alert', 'TLSv1.2': 'accepted', 'TLSv1.3': 'accepted' },
    weakSuites: [],
    certificate: { chain: 'valid', hostName: 'valid', keyType: 'ec', keyBits: 256 },
  });
  expect(seen[3]?.versions).toMatchObject({ 'TLSv1.2': 'unreachable' });
  expect(exchanges).toEqual([]);
  const [item] = prepared.planned.plan.items.filter(({ probe }) => probe.id === 'transport-security');
  expect(item?.probe.connects?.(prepared.documents)).toEqual([seen[0]?.origin, 'https://127.0.0.1:9']);
});
