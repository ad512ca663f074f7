import { describe, expect, it } from 'vitest';
import type { Listener, OrganizationProfile } from '../../src/model/documents/organization.js';
import type { FactValue } from '../../src/model/fact.js';
import { trial } from '../support/trial.js';

describe('the proxy of a run', () => {
  it('has the requests of the product in the evidence, apart from those of the tool', async () => {
    const { exchanges, events, end, before, after } = await trial({
      aiSystem: 'integrated',
      checks: ['write.idempotent-retry'],
    });
    expect(events.filter(({ event }) => event === 'proxy-opened').map(({ data }) => data)).toEqual([{ seen: true }]);
    const own = exchanges.filter(({ context }) => context === 'ai-product');
    expect(own.length).toBeGreaterThan(5);
    expect(exchanges.length - own.length).toBe(end.sentRequests);
    expect(new Set(own.map(({ probe, purpose }) => `${probe} ${purpose}`))).toEqual(new Set(['proxy fhir']));
    const shapes = own.map(({ method, path }) => `${method} ${path}`);
    expect(shapes).toContain('POST Subscription');
    expect(shapes).toContain('POST Slot/_search?service-type&schedule.actor&start&status&_count');
    // One write whose answer the probe had dropped; everything else is what the EHR answered.
    const other = own.filter(({ status, upstreamStatus }) => status !== upstreamStatus);
    expect(other.map(({ injected, status, upstreamStatus }) => [injected, status, upstreamStatus])).toEqual([
      ['drop-answer', 0, 201],
    ]);
    expect(after).toBe(before);
  });

  it('HS-61 counts what was for elsewhere, passes nothing on, and takes no trial in between for one', async () => {
    const { fact, outcome, results } = await trial({
      aiSystem: 'tunneller',
      checks: ['write.idempotent-retry', 'hipaa.phi-leakage', 'conflict.mid-process'],
    });
    const refused = fact('product-refusals', 'run') as FactValue<'product-refusals'>;
    expect(refused.refused).toBeGreaterThan(2);
    expect(refused.kinds).toEqual([{ why: 'connect', times: refused.refused }]);
    expect(refused.hosts).toEqual([
      { host: 'eligibility.example', listed: false, times: refused.refused, withCanary: 0 },
    ]);
    expect(outcome('hipaa.phi-leakage')).toBe('not-measured');
    expect(results.get('hipaa.phi-leakage')?.judgements.map(({ messageId }) => messageId)).toEqual(['not-for-the-ehr']);
    const repeats = fact('product-repeats', 'action:book') as FactValue<'product-repeats'>;
    expect(repeats.length).toBeGreaterThan(0);
    expect(repeats.map(({ trials, breaches }) => [trials, breaches])).toEqual(repeats.map(() => [0, 0]));
    expect(results.get('conflict.mid-process')?.judgements.map(({ messageId }) => messageId)).toContain(
      'went-elsewhere',
    );
  });

  it.each([
    ['listeners has no proxy', () => undefined],
    ['is taken by another program', (ehrPort: number) => ({ bind: '127.0.0.1', port: ehrPort })],
    ['takes only listed clients', (_: number, tls: Listener['tls']) => ({ bind: '0.0.0.0', port: 0, tls })],
  ])('is not opened, and the run goes on and says why: %s', async (words, proxyOf) => {
    const { events, outcome } = await trial({
      checks: ['discovery.capability'],
      change({ organization }) {
        const { environments, listeners } = organization as unknown as Required<OrganizationProfile>;
        const ehrPort = Number(new URL(Object.values(environments)[0]?.fhirBase ?? '').port);
        const { proxy: _, ...others } = listeners;
        const proxy = proxyOf(ehrPort, listeners['subscription']?.tls);
        organization['listeners'] = { ...others, ...(proxy && { proxy }) };
        organization['aiSystem'] = { proxy: { listener: 'proxy' } };
      },
    });
    const [said] = events.filter(({ event }) => event === 'proxy-not-opened');
    expect(said?.data['detail']).toContain(words);
    expect(outcome('discovery.capability')).toBe('pass');
  });
});
