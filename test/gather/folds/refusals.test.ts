import { expect, it } from 'vitest';
import refusals from '../../../src/gather/folds/refusals.js';
import type { ProxyRefusal } from '../../../src/gather/observers/proxy-guard.js';
import type { RunDocuments } from '../../../src/gather/probe.js';

const documents = {
  organization: {
    metadata: { id: 'lakeside' },
    testData: { patients: [{ alias: 'p1', id: '1', canary: 'ZZTESTALPHA' }] },
  },
  environment: { fhirBase: 'https://ehr.example/fhir' },
  environmentId: 'test',
} as unknown as RunDocuments;

function folded(requests: number, ...refused: ProxyRefusal[]) {
  const state = refusals.start(documents);
  for (let request = 0; request < requests; request++) refusals.product?.(state, {} as never, undefined);
  for (const each of refused) refusals.refused?.(state, each);
  return refusals.end(state)['product-refusals'];
}

it('counts what was none for the EHR, by kind and by host, and looks for names in it', () => {
  const tunnel = { why: 'connect', host: 'other.example', target: 'other.example:443' } as const;
  const named = {
    why: 'absolute-form',
    host: 'other.example',
    target: 'http://other.example/?n=zztestalpha&m=ZZTESTALPHA',
  } as const;
  const ehr = { why: 'absolute-form', host: 'ehr.example', target: 'https://ehr.example/fhir/Slot' } as const;
  expect(
    folded(3, tunnel, tunnel, named, ehr, { why: 'framing', target: '' }, { why: 'elsewhere', target: '/' }),
  ).toEqual({
    requests: 8,
    refused: 5,
    kinds: [
      { why: 'connect', times: 2 },
      { why: 'absolute-form', times: 2 },
      { why: 'framing', times: 1 },
    ],
    hosts: [
      { host: 'other.example', listed: false, times: 3, withCanary: 1, whose: 'p1' },
      { host: 'ehr.example', listed: true, times: 1, withCanary: 0 },
    ],
  });
});

it('keeps no host that is a name of a patient, and ten at the most', () => {
  const names = Array.from({ length: 12 }, (_, index) => `h${index}.example`);
  const seen = folded(
    0,
    ...['zztestalpha.example', ...names].map((host) => ({ why: 'host', host, target: '/x' }) as const),
  );
  expect((seen as { hosts: object[] }).hosts).toHaveLength(10);
  expect(JSON.stringify(seen)).not.toContain('zztestalpha');
});

it('says nothing where no product was seen, and nothing bad where all was for the EHR', () => {
  expect(folded(0, { why: 'elsewhere', target: '/' })).toMatchObject({ missing: 'no-ai-system' });
  expect(folded(2)).toEqual({ requests: 2, refused: 0, kinds: [], hosts: [] });
});
