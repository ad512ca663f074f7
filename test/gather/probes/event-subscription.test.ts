import { expect, it } from 'vitest';
import type { OrganizationProfile } from '../../../src/model/documents/organization.js';
import { defineDeviation, reads } from '../../../src/sandbox/deviation.js';
import { trial } from '../../support/trial.js';

const checks = ['event.subscription', 'event.missed-recovery'];
const by = (payload: 'empty' | 'full-resource') => ({
  change: ({ organization }: { organization: Record<string, unknown> }): void => {
    const { channels = {} } = organization as unknown as OrganizationProfile;
    channels['appointment-freed'] = { kind: 'subscription', style: 'r4-rest-hook', payload, listener: 'subscription' };
  },
});

it.each(['full-resource', 'empty'] as const)(
  'plain R4, %s: told, and what is missed shows as an error',
  async (payload) => {
    const { fact, outcome, results, after, before } = await trial({ checks, ...by(payload) });
    expect(fact('subscription-trial', 'trigger:appointment-freed')).toMatchObject({
      style: 'r4-rest-hook',
      settled: 'active',
      handshake: null,
      event: { times: 1, focus: payload === 'empty' ? 'none' : 'changed', content: payload === 'full-resource' },
      unsupportedFilter: { outcome: 'refused' },
      plainHttp: { outcome: 'refused' },
      controlAccepted: true,
    });
    expect(fact('missed-events', 'trigger:appointment-freed')).toMatchObject({
      numbersBefore: [],
      missed: 3,
      sentAgain: 0,
      state: 'error',
      statusAnswer: null,
      eventsAnswer: null,
    });
    expect(outcome('event.subscription')).toBe('pass');
    const messages = results.get('event.missed-recovery')?.judgements.map(({ messageId }) => messageId);
    expect(messages).toEqual(['by-hand']);
    expect(after).toBe(before);
  },
  60_000,
);

it('without the right to subscribe nothing is sent', async () => {
  const { fact, exchanges } = await trial({
    checks,
    change: ({ organization }) => {
      for (const binding of (organization as unknown as OrganizationProfile).auth?.bindings ?? []) {
        binding.scopes = (binding.scopes ?? []).filter((scope) => !scope.includes('Subscription'));
      }
    },
  });
  const trigger = 'trigger:appointment-freed';
  expect(fact('subscription-trial', trigger) ?? fact('missed-events', trigger)).toMatchObject({
    missing: 'no-credential',
  });
  expect(exchanges.filter(({ path }) => path.startsWith('Subscription'))).toEqual([]);
});

it('a server that hiccups once when it is asked for the state is asked again', async () => {
  const hiccup = defineDeviation({
    id: 'state-unavailable-once',
    title: 'The first read of a Subscription is answered 503',
    caughtBy: ['validity.none'],
    source: 'https://www.rfc-editor.org/rfc/rfc9110#section-15.6.4',
    wrap: (next) => {
      let met = false;
      return async (request) => {
        if (met || !reads(request, 'Subscription')) return next(request);
        met = true;
        return { status: 503, headers: {}, body: '' };
      };
    },
  });
  const { outcome } = await trial({ deviations: [hiccup], checks: ['event.subscription'] });
  expect(outcome('event.subscription')).toBe('pass');
});
