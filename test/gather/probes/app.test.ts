import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Resource } from 'fhir/r4.js';
import { describe, expect, it, test } from 'vitest';
import probe from '../../../src/gather/probes/patient-boundary.js';
import { almost } from '../../../src/gather/probes/redirect-trials.js';
import type { Client, ProbeTools } from '../../../src/gather/probe.js';
import type { Subject } from '../../../src/model/subject.js';
import { partOf } from '../../../src/sandbox/deviation.js';
import { trial } from '../../support/trial.js';

const checks = ['auth.pkce', 'auth.redirect-exact', 'auth.launch-context', 'scope.patient-boundary'];
const workflow = 'documentation';

describe('the tool as a SMART app', () => {
  it('sends a bounded number of requests and keeps neither code nor login nor token', async () => {
    let evidence = '';
    let password = '';
    const { exchanges, outcome } = await trial({
      workflow,
      checks,
      async afterwards({ folder }) {
        evidence = await readFile(join(folder, 'evidence.ndjson'), 'utf8');
        password = (await readFile(join(folder, '../../lakeside/keys/clinician.login'), 'utf8')).split(':')[1] ?? '';
      },
    });
    for (const check of checks) expect(outcome(check), check).toBe('pass');
    const sentBy = (name: string) => exchanges.filter((exchange) => exchange.probe === name).length;
    expect(sentBy('launch-context')).toBeLessThanOrEqual(10);
    expect(sentBy('code-trials')).toBeLessThanOrEqual(32);
    expect(sentBy('redirect-trials')).toBeLessThanOrEqual(28);
    expect(password.length).toBeGreaterThan(20);
    expect(evidence).not.toContain(password);
    expect(evidence).not.toMatch(/code=|state=|code_verifier|eyJ/);
    expect(new Set(exchanges.filter(({ purpose }) => purpose === 'authorize').map(({ path }) => path))).toEqual(
      new Set(['?{next}']),
    );
  });

  it('stands in for a product that has no client of its own but an app', async () => {
    const { outcome, events, prepared } = await trial({
      workflow,
      checks: ['scope.patient-boundary', 'auth.launch-context'],
      change({ organization }) {
        const only = (list: unknown) => (list as { id: string }[]).filter(({ id }) => id !== 'scribe');
        partOf(organization, 'auth')['bindings'] = only(partOf(organization, 'auth')['bindings']);
        organization['contexts'] = only(organization['contexts']);
      },
    });
    expect(prepared.planned.cast.ai).toMatchObject({ id: 'scribe-app' });
    expect(events.filter(({ event }) => event === 'probe-error')).toEqual([]);
    expect(outcome('scope.patient-boundary')).toBe('pass');
    expect(outcome('auth.launch-context')).toBe('pass');
  });

  it('sends nothing bad where that is not agreed', async () => {
    const { results, exchanges } = await trial({
      workflow,
      checks: ['auth.pkce', 'auth.redirect-exact'],
      change: ({ organization }) => (partOf(organization, 'limits')['authNegativeTests'] = false),
    });
    for (const check of ['auth.pkce', 'auth.redirect-exact'])
      expect(results.get(check)?.judgements, check).toMatchObject([{ reason: 'prerequisite-failed' }]);
    expect(exchanges.filter(({ context }) => context === 'app-expendable')).toEqual([]);
  });

  it('waits for nobody where nobody is', async () => {
    const { results, exchanges } = await trial({
      workflow,
      checks: ['auth.pkce', 'auth.launch-context'],
      writes: 'none',
      change: ({ organization }) => (partOf(organization, 'environments', 'sandbox')['class'] = 'org-nonprod'),
    });
    for (const check of ['auth.pkce', 'auth.launch-context'])
      expect(results.get(check)?.judgements, check).toMatchObject([{ reason: 'no-credential' }]);
    expect(exchanges.filter(({ purpose }) => purpose === 'authorize')).toEqual([]);
  });
});

describe('addresses that are almost the registered one', () => {
  const of = (registered: string) => Object.fromEntries(almost(registered).map(({ way, address }) => [way, address]));

  test('on a host of its own', () => {
    expect(of('https://app.example/cb')).toEqual({
      host: 'https://scorecard-foreign.invalid/cb',
      'user-information': 'https://app.example@scorecard-foreign.invalid/cb',
      path: 'https://app.example/cb/extra',
      query: 'https://app.example/cb?next=elsewhere',
      'trailing-slash': 'https://app.example/cb/',
      port: 'https://app.example:8444/cb',
      scheme: 'http://app.example/cb',
    });
  });

  test('on loopback any port and plain http are usual', () => {
    expect(Object.keys(of('http://127.0.0.1:8765/cb'))).toEqual([
      'host',
      'user-information',
      'path',
      'query',
      'trailing-slash',
    ]);
  });

  test('a slash that is there is taken away; the path of a bare host has none to spare', () => {
    expect(of('https://app.example/cb/')['trailing-slash']).toBe('https://app.example/cb');
    expect(of('https://app.example/')['trailing-slash']).toBeUndefined();
  });
});

describe('attachments of another patient', () => {
  const note = (patient: string): Resource =>
    ({
      resourceType: 'DocumentReference',
      id: `note-${patient}`,
      subject: { reference: `Patient/${patient}` },
      content: [{ attachment: { url: `https://ehr.example/fhir/Binary/file-${patient}` } }],
    }) as unknown as Resource;
  const bundle = (...resources: Resource[]) => ({
    resourceType: 'Bundle',
    type: 'searchset',
    entry: resources.map((resource) => ({ resource })),
  });
  const answer = (status: number, resource?: unknown, body = '') => ({
    status,
    ok: status < 300,
    resource,
    body: Buffer.from(body),
  });

  /** A token opened on p1; `served` are the Binary ids it gets all the same. */
  async function attachmentTrial(served: readonly string[]) {
    const client = {
      signedIn: () => Promise.resolve({ usableToken: true }),
      read: (type: string, id: string) =>
        Promise.resolve(
          type === 'Binary'
            ? served.includes(id)
              ? answer(200, undefined, 'bytes')
              : answer(403)
            : id.endsWith('p1')
              ? answer(200, type === 'Patient' ? { resourceType: 'Patient', id } : note('p1'))
              : answer(403),
        ),
      search: (_type: string, [[, patient]]: [[string, string]]) =>
        Promise.resolve(answer(200, patient === 'p1' ? bundle(note('p1')) : bundle())),
    } as unknown as Client;
    const ai = {
      search: (_type: string, [[, patient]]: [[string, string]]) => Promise.resolve(answer(200, bundle(note(patient)))),
    } as unknown as Client;
    const patient = (id: string) => ({ alias: id, id, synthetic: true, canary: `ZZCANARY${id}` });
    const tools = {
      contract: { metadata: { id: 'notes' } },
      environmentId: 'test',
      organization: {
        metadata: { id: 'lakeside' },
        auth: {
          bindings: [
            {
              id: 'app',
              environment: 'test',
              usedBy: 'ai-system',
              flow: 'ehr-launch',
              scopes: ['patient/Patient.r', 'patient/DocumentReference.rs', 'patient/Binary.r'],
            },
          ],
        },
        contexts: [{ id: 'dr', role: 'physician', binding: 'app' }],
        testData: { patients: [patient('p1'), patient('p2')] },
      },
      cases: { proven: () => Promise.resolve({}) },
      clients: { ai },
      context: () => client,
    } as unknown as ProbeTools;
    const facts = await probe.run({ kind: 'run', id: 'run' } as Subject, tools);
    const { trials } = facts['patient-boundary'] as { trials: { way: string }[] };
    return trials.find(({ way }) => way === 'attachment');
  }

  test.each([
    ['its own only', ['file-p1'], { status: 403, seen: 'refused', worksForOwn: true }],
    ['that of the other patient too', ['file-p1', 'file-p2'], { status: 200, seen: 'data', worksForOwn: true }],
    ['none', [], { status: 403, seen: 'refused', worksForOwn: false }],
  ])('%s', async (_name, served, expected) => {
    expect(await attachmentTrial(served)).toMatchObject({ resourceType: 'Binary', ...expected });
  });
});
