import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { chainLine, chainStart, sha256Hex } from '../src/model/chain.js';
import { refuseWideToken } from '../src/gather/sessions.js';
import { effectiveClass, insideWindow, writeAllowed, writesRefused } from '../src/gather/write-policy.js';
import type { Environment, OrganizationProfile } from '../src/model/documents/organization.js';
import { trial } from './support/trial.js';
import { command, openWorkplace, type Workplace } from './support/command-line.js';

let place: Workplace | undefined;
afterEach(async () => {
  await place?.close();
  place = undefined;
});

type Change = (documents: { contract: Record<string, unknown>; organization: Record<string, unknown> }) => void;
const environmentOf = (organization: Record<string, unknown>): Record<string, unknown> =>
  (organization['environments'] as Record<string, Record<string, unknown>>)['sandbox']!;
const changing = (change: (organization: Record<string, never>) => void): Change =>
  (({ organization }: { organization: Record<string, never> }) => change(organization)) as unknown as Change;

const environment: Environment = { class: 'org-nonprod', fhirBase: 'https://fhir.clinic.test/r4', mayWrite: true };

describe('rule 6: an environment is what it can be shown to be', () => {
  it.each([
    ['no class', { fhirBase: environment.fhirBase }, 'production'],
    ['below production off loopback without a statement', environment, 'production'],
    [
      'with a statement by a named person',
      { ...environment, noRealPatients: { statedBy: 'a@b.test', on: '2026-11-01' } },
      'org-nonprod',
    ],
    ['a simulator on loopback', { class: 'simulator', fhirBase: 'https://127.0.0.1:1/fhir' }, 'simulator'],
  ] as const)('%s', (_, given, expected) => {
    expect(effectiveClass(given as Environment)).toBe(expected);
  });

  it('two environments of one origin take the stricter class: nothing is written', async () => {
    const { end, facts } = await trial({
      checks: ['write.version-conflict'],
      change: changing((organization) => {
        const own = environmentOf(organization);
        Object.assign(organization['environments'] as unknown as object, {
          live: { class: 'production', fhirBase: own['fhirBase'] },
        });
      }),
    });
    expect(end.writes).toBe(0);
    expect(facts.find(({ kind }) => kind === 'stale-update')?.value).toMatchObject({ missing: 'tool-limited' });
  });
});

describe('rule 7: production', () => {
  it('is read through discovery, test objects and contract searches, and a token that writes stops the run', async () => {
    const { end, exchanges } = await trial({
      change: changing((organization) => {
        environmentOf(organization)['class'] = 'production';
      }),
    });
    expect(end).toMatchObject({ how: 'safety-stop', code: 'production-token-writes', writes: 0 });
    expect(exchanges.filter(({ purpose, context }) => purpose === 'fhir' && context !== 'anonymous')).toEqual([]);
  });

  it('takes a read-only client', () => {
    expect(() => refuseWideToken({ grantedScopes: ['system/Patient.rs', 'system/Slot.read'] })).not.toThrow();
    for (const scope of ['system/Appointment.crus', 'system/*.rs', 'system/Patient.write']) {
      expect(() => refuseWideToken({ grantedScopes: [scope] })).toThrow(/production/);
    }
  });
});

describe('rules 11, 13 and 15: writing', () => {
  const organization = {
    apiVersion: 'ehr-scorecard/v1',
    kind: 'OrganizationProfile',
    metadata: { id: 'clinic' },
    writePolicy: {
      enabled: true,
      identifierSystem: 'https://clinic.test/object',
      approvals: [{ who: 'a@b.test', until: '2026-12-31' }],
      allow: ['Appointment', 'Patient', 'ServiceRequest'].map((resource) => ({ resource, interactions: ['create'] })),
      downstream: {
        statedBy: 'a@b.test',
        on: '2026-11-01',
        consumers: Object.fromEntries(
          [
            'hl7-out',
            'portal',
            'sms-and-mail',
            'billing',
            'claims',
            'pharmacy',
            'registries',
            'analytics',
            'paging',
          ].map((each) => [each, 'none']),
        ),
      },
    },
  } as unknown as OrganizationProfile;
  const simulator: Environment = { class: 'simulator', fhirBase: 'https://127.0.0.1:1/fhir', mayWrite: true };
  const asked = {
    organization,
    environment: simulator,
    tier: 'all',
    environmentNamed: false,
    now: new Date('2026-11-20T10:00:00Z'),
  } as const;
  const without = (key: string): OrganizationProfile => ({
    ...organization,
    writePolicy: { ...organization.writePolicy, [key]: undefined },
  });

  it('is agreed when everything is', () => {
    expect(writesRefused(asked)).toBeUndefined();
  });

  it.each([
    ['tier', { ...asked, tier: 'none' as const }],
    ['may-write', { ...asked, environment: { ...simulator, mayWrite: false } }],
    ['policy', { ...asked, organization: without('enabled') }],
    ['identifier-system', { ...asked, organization: without('identifierSystem') }],
    ['approval', { ...asked, organization: without('approvals') }],
    ['approval', { ...asked, now: new Date('2027-01-01T00:00:00Z') }],
    ['downstream', { ...asked, organization: without('downstream') }],
    ['production', { ...asked, environment: { ...simulator, class: 'production' as const } }],
    ['window', { ...asked, environment: { ...simulator, windows: [{ from: '00:00', to: '00:01', zone: 'UTC' }] } }],
  ])('is refused for want of %s', (code, given) => {
    expect(writesRefused(given)?.code).toBe(code);
  });

  it('never touches a person record or an order, whatever the profile allows', () => {
    expect(writeAllowed(organization, 'Appointment', 'create', [])).toBe(true);
    expect(writeAllowed(organization, 'Patient', 'create', [])).toBe(false);
    expect(writeAllowed(organization, 'ServiceRequest', 'create', [])).toBe(false);
  });

  it('stops when the clock of the EHR is far from ours', async () => {
    const { end, facts } = await trial({
      checks: ['write.version-conflict'],
      deviations: ['clock-far-off'],
    });
    expect(end.writes).toBe(0);
    expect(facts.find(({ kind }) => kind === 'stale-update')?.value).toMatchObject({ missing: 'writes-off' });
  });
});

describe('rule 24: an unfinished earlier run', () => {
  /** A journal with a write, and evidence without an end: what a kill leaves behind. */
  async function leave(at: Workplace, fhirBase: string): Promise<void> {
    const folder = join(at.folder, 'runs', 'killed');
    await mkdir(folder, { recursive: true });
    const header = {
      type: 'journal',
      schemaVersion: 1,
      runId: 'killed',
      organizationId: 'lakeside',
      environmentId: 'sandbox',
      fhirBase,
      startedAt: '2026-11-20T08:00:00.000Z',
    };
    const first = chainLine(0, chainStart, header);
    const intent = {
      type: 'intent',
      id: 'w1',
      method: 'POST',
      resourceType: 'Appointment',
      binding: 'voice-bot',
      context: 'ai',
      identifier: 'killed-1',
      undo: 'object',
    };
    await writeFile(join(folder, 'journal.ndjson'), `${first}\n${chainLine(1, sha256Hex(first), intent)}\n`);
    await writeFile(join(folder, 'evidence.ndjson'), '');
  }

  it('of the same EHR comes first, or the run does not begin', async () => {
    place = await openWorkplace();
    await leave(place, place.sandbox.organizations.get('lakeside')!.fhirBase);
    const refused = await place.run('--only', 'read.required-fields', '--no-recover');
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('unfinished-run');
    const recovered = await place.run('--only', 'read.required-fields', '--recover');
    expect(recovered.code).toBe(0);
    expect(recovered.stderr).toContain('0 undone, 0 left');
  });

  it('of a sandbox that is gone is nobody’s to clean up', async () => {
    place = await openWorkplace();
    await leave(place, 'https://127.0.0.1:1/lakeside/fhir');
    expect((await place.run('--only', 'read.required-fields', '--no-recover')).code).toBe(0);
  });
});

describe('rule 29: stopping', () => {
  it('windows are in the zone they name', () => {
    const windows = [{ days: ['Fri' as const], from: '16:00', to: '19:00', zone: 'America/Chicago' }];
    expect(insideWindow({ ...environment, windows }, new Date('2026-11-20T22:30:00Z'))).toBe(true);
    expect(insideWindow({ ...environment, windows }, new Date('2026-11-20T10:30:00Z'))).toBe(false);
    expect(insideWindow({ ...environment, windows }, new Date('2026-11-19T22:30:00Z'))).toBe(false);
  });

  it('a closed window binds reads too', async () => {
    const { end, exchanges } = await trial({
      checks: ['read.required-fields'],
      change: changing((organization) => {
        environmentOf(organization)['windows'] = [{ from: '00:00', to: '00:00', zone: 'UTC' }];
      }),
    });
    expect(end).toMatchObject({ how: 'safety-stop', code: 'outside-window', sentRequests: 0 });
    expect(exchanges).toEqual([]);
  });
});

describe('rule 32: a process that would print credentials', () => {
  it.each([
    ['NODE_TLS_REJECT_UNAUTHORIZED', '0'],
    ['NODE_DEBUG', 'http'],
    ['DEBUG', '*'],
  ])('%s: exit 2', async (name, value) => {
    const before = process.env[name];
    process.env[name] = value;
    try {
      const said = await command('demo', '--dry-run');
      expect(said.code).toBe(2);
      expect(said.stderr).toContain('leaky-process');
    } finally {
      if (before === undefined) delete process.env[name];
      else process.env[name] = before;
    }
  });
});

describe('rules 33 and 5: files and the plan', () => {
  it('run folders and files are for their owner alone', async () => {
    place = await openWorkplace();
    await place.run('--only', 'read.required-fields');
    const runs = join(place.folder, 'runs');
    const [name] = await readdir(runs);
    const modes = await Promise.all(
      ['.', 'inputs', 'evidence.ndjson', 'journal.ndjson', 'scorecard.json', 'report.md', 'report.html'].map(
        async (file) => {
          const found = await stat(join(runs, name!, file));
          return [file, found.mode & 0o077];
        },
      ),
    );
    expect(modes.filter(([, others]) => others !== 0)).toEqual([]);
  });

  it('the plan is one page and every request, and nothing is sent for it', async () => {
    place = await openWorkplace();
    const audited = () => [...place!.sandbox.organizations.get('lakeside')!.store.all('AuditEvent')].length;
    const before = audited();
    const said = await place.run('--dry-run', '--writes', 'all');
    expect(said.code).toBe(0);
    expect(said.stdout).toContain('PLAN for the EHR team');
    expect(said.stdout).toContain('Agreed by, on');
    expect(said.stdout).toMatch(/stale-update on action:cancel/);
    expect(said.stdout).toMatch(/Samples\n +book +69, then 148, then 245 samples/);
    expect(said.stdout).toMatch(/not measured +budget:freed-slot/);
    expect(audited()).toBe(before);
    expect(await readdir(join(place.folder, 'runs')).catch(() => [])).toEqual([]);
  });

  it('rule 34: values of test patients and tokens stand in no file of the run folder but the inputs', async () => {
    place = await openWorkplace();
    await place.run('--skip', 'latency', 'freshness', '--writes', 'all');
    const runs = join(place.folder, 'runs');
    const [name] = await readdir(runs);
    const organization = await readFile(place.files.organization, 'utf8');
    const canaries = [...organization.matchAll(/canary: (\S+)/g)].map(([, canary]) => canary!);
    expect(canaries.length).toBeGreaterThan(20);
    for (const file of ['evidence.ndjson', 'journal.ndjson', 'scorecard.json', 'report.md', 'report.html']) {
      const text = await readFile(join(runs, name!, file), 'utf8');
      expect(
        canaries.filter((canary) => text.includes(canary)),
        file,
      ).toEqual([]);
      expect(text).not.toMatch(/Bearer |eyJ[A-Za-z0-9_-]{10,}\./);
    }
  });
});
