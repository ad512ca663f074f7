import { describe, expect, it } from 'vitest';
import type { Listener, OrganizationProfile } from '../../src/model/documents/organization.js';
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
  }, 60_000);

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
