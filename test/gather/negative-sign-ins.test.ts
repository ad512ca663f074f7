import { describe, expect, it } from 'vitest';
import { NegativeSignIns } from '../../src/gather/negative-sign-ins.js';
import type { SignInRecord } from '../../src/gather/sign-in.js';
import type { EnvironmentClass } from '../../src/model/outcome.js';

const record = (status: number): SignInRecord => ({
  exchange: 'x1',
  status,
  tokenType: 'Bearer',
  expiresInSeconds: 300,
  grantedScopes: [],
  cacheControl: 'no-store',
  oauthError: undefined,
  usableToken: status === 200,
  asymmetric: true,
});

function tests(environmentClass: EnvironmentClass, limits: { authNegativeTests?: boolean; maxNegativeAuth?: number }) {
  const pauses: number[] = [];
  const sent: string[] = [];
  const negative = new NegativeSignIns({
    organization: {
      apiVersion: 'ehr-scorecard/v1',
      kind: 'OrganizationProfile',
      metadata: { id: 'lakeside' },
      limits,
    },
    environmentClass,
    contact: 'help@lakeside.example',
    pause: (milliseconds) => {
      pauses.push(milliseconds);
      return Promise.resolve();
    },
  });
  const sends = (name: string, ...statuses: number[]) => {
    return () => {
      sent.push(name);
      return Promise.resolve(record(statuses.shift() ?? 200));
    };
  };
  return { negative, pauses, sent, sends };
}

describe('safety rule 27: sign-ins that have to be refused', () => {
  it('share the good ones between them', async () => {
    const { negative, sent, sends } = tests('simulator', { authNegativeTests: true, maxNegativeAuth: 2 });
    const bads = [sends('bad 1', 401), sends('bad 2', 400)];
    const results = await negative.attempts(bads, sends('good', 200, 200, 200));
    expect(results.map(({ status }) => status)).toEqual([401, 400]);
    expect(sent).toEqual(['good', 'bad 1', 'good', 'bad 2', 'good']);
  });

  it('are not begun when not all of them are agreed', async () => {
    const { negative, sent, sends } = tests('simulator', { authNegativeTests: true, maxNegativeAuth: 1 });
    const bads = [sends('bad 1', 401), sends('bad 2', 400)];
    await expect(negative.attempts(bads, sends('good'))).rejects.toMatchObject({ reason: 'cap' });
    expect(sent).toEqual([]);
  });

  it('stand between two good ones', async () => {
    const { negative, sent, sends, pauses } = tests('simulator', { authNegativeTests: true, maxNegativeAuth: 1 });
    expect((await negative.attempt(sends('bad', 401), sends('good', 200, 200))).status).toBe(401);
    expect(sent).toEqual(['good', 'bad', 'good']);
    expect(pauses).toEqual([]);
  });

  it('are spaced off the simulator', async () => {
    const { negative, sends, pauses } = tests('vendor-sandbox', { authNegativeTests: true, maxNegativeAuth: 2 });
    await negative.attempt(sends('bad', 401), sends('good', 200, 200));
    await negative.attempt(sends('bad', 401), sends('good', 200, 200));
    expect(pauses).toEqual([10_000, 10_000, 30_000, 10_000, 10_000]);
  });

  it.each([
    ['production', { authNegativeTests: true, maxNegativeAuth: 9 }, 'tool-limited'],
    ['simulator', { maxNegativeAuth: 9 }, 'prerequisite-failed'],
    ['simulator', { authNegativeTests: true, maxNegativeAuth: 0 }, 'cap'],
  ] as const)('are not sent on %s with %j', async (environmentClass, limits, reason) => {
    const { negative, sent, sends } = tests(environmentClass, limits);
    await expect(negative.attempt(sends('bad', 401), sends('good', 200))).rejects.toMatchObject({ reason });
    expect(sent).toEqual([]);
  });

  it('are not sent when the good one is refused already', async () => {
    const { negative, sent, sends } = tests('simulator', { authNegativeTests: true, maxNegativeAuth: 1 });
    await expect(negative.attempt(sends('bad', 401), sends('good', 400))).rejects.toMatchObject({
      reason: 'control-failed',
    });
    expect(sent).toEqual(['good']);
  });

  it('HS-22 stop the run when the client is refused afterwards, and name whom to tell', async () => {
    const { negative, sends } = tests('simulator', { authNegativeTests: true, maxNegativeAuth: 1 });
    await expect(negative.attempt(sends('bad', 401), sends('good', 200, 401))).rejects.toMatchObject({
      code: 'sign-in-locked',
      rule: 27,
      next: expect.stringContaining('help@lakeside.example') as string,
    });
  });
});
