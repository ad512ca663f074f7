import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Contract } from '../src/model/documents/contract.js';
import { startSecondService, type SecondService, type SecondServiceHabits } from './support/cds-second-service.js';
import { trial, type Trial } from './support/trial.js';

const keyVariable = 'EHR_SCORECARD_TEST_CDS_KEY';
const issuer = 'https://ehr.second.example';
const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const caller = { issuer, key: publicKey.export({ format: 'jwk' }), algorithm: 'RS384' } as const;
const all = ['cds.service', 'cds.prefetch', 'cds.client-auth'];

beforeAll(() => {
  process.env[keyVariable] = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
});
afterAll(() => {
  delete process.env[keyVariable];
});

/** The second service, asked by the tool for a workflow that opens it with the chart. */
async function askSecond(habits: SecondServiceHabits, checks = all): Promise<{ run: Trial; second: SecondService }> {
  const second = await startSecondService(habits);
  try {
    const run = await trial({
      workflow: 'prior-authorization',
      checks,
      change({ contract, organization }) {
        const { triggers, resources } = contract as unknown as Contract;
        const hook = triggers?.find(({ kind }) => kind === 'cds-hook');
        if (hook === undefined) throw new Error('no hook');
        hook.hook = 'patient-view';
        delete hook.cardLimit;
        resources?.push({
          id: 'person',
          type: 'Patient',
          fields: [{ path: 'Patient.birthDate', need: 'must', why: 'age' }],
        });
        organization['aiSystem'] = { cdsHooks: { base: second.base, issuer, key: { ref: `env:${keyVariable}` } } };
      },
    });
    return { run, second };
  } finally {
    await second.close();
  }
}

const said = ({ results }: Trial, check: string) =>
  results.get(check)?.judgements.map(({ outcome, messageId, data }) => [outcome, messageId, data?.['fault']]);

describe('a CDS Hooks service written by the specification alone', () => {
  it('is found by its hook, asked with a token of each address, and judged as it is', async () => {
    const { run, second } = await askSecond({ caller });
    expect(said(run, 'cds.service')).toEqual([
      ['warn', 'feedback-not-taken', undefined],
      ['pass', null, undefined],
    ]);
    expect(said(run, 'cds.prefetch')).toEqual([['pass', null, undefined]]);
    expect(said(run, 'cds.client-auth')).toEqual([['pass', null, undefined]]);
    expect(new Set(second.asked)).toEqual(
      new Set([
        'GET /hooks/cds-services',
        'POST /hooks/cds-services/greeter.v2',
        'POST /hooks/cds-services/greeter.v2/feedback',
      ]),
    );
    expect(run.fact('cds-answers', 'run')).toMatchObject([
      { calls: 10, answered: 10, cards: 10, withId: 10, faults: [] },
    ]);
    expect(run.fact('cds-prefetch', 'run')).toMatchObject([
      {
        calls: [
          { without: 'key-missing', resourceType: 'Patient', status: 412 },
          { without: 'null', resourceType: 'Patient', status: 412 },
          { without: 'operation-outcome', resourceType: 'Patient', status: 412 },
          { without: 'no-data', resourceType: null, status: 412 },
        ],
      },
    ]);
    // Nothing a card says is kept, and no token of a call.
    const kept = JSON.stringify([run.facts, run.exchanges]);
    expect(kept).not.toContain('seen for the first time');
    expect(kept).not.toContain('eyJ');
    expect(run.after).toBe(run.before);
  });

  it('answers whoever calls: every kind of caller is a finding', async () => {
    const { run } = await askSecond({}, ['cds.client-auth']);
    expect(said(run, 'cds.client-auth')).toEqual([
      ['fail', 'accepted', 'no-token'],
      ['fail', 'accepted', 'unsigned'],
      ['fail', 'accepted', 'foreign-signature'],
      ['fail', 'accepted', 'shared-secret'],
      ['fail', 'accepted', 'foreign-key-set'],
      ['fail', 'accepted', 'unknown-issuer'],
      ['fail', 'accepted', 'wrong-audience'],
      ['fail', 'accepted', 'expired'],
      ['warn', 'replay-accepted', 'replayed'],
    ]);
  });
});

describe('HS-60', () => {
  const large = Buffer.alloc(50 * 1024 * 1024, 'x');
  const small = { summary: 'A', indicator: 'info', source: { label: 'B' } };
  const many = (): string => JSON.stringify({ cards: Array.from({ length: 100_000 }, () => small) });
  const html = (cards: object): string =>
    JSON.stringify(cards).replace('A patient', '<img src=x onerror=alert(1)>A patient');
  const hostile: readonly (readonly [string, (cards: object) => string | Buffer, string])[] = [
    ['a card of 50 MB', () => large, 'too-large'],
    ['100,000 cards', many, 'too-many-cards'],
    ['HTML in a summary', html, 'html-in-summary'],
  ];
  it.each(hostile)('%s is a finding, and nothing of it is kept', async (_, answer, fault) => {
    const { run } = await askSecond({ answer }, ['cds.service']);
    expect(said(run, 'cds.service')).toEqual([['fail', 'answer-invalid', fault]]);
    expect(JSON.stringify(run.facts)).not.toContain('onerror');
    expect(run.end.how).toBe('complete');
  });
});
