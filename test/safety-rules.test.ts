import { readFile } from 'node:fs/promises';
import type { Appointment, Slot } from 'fhir/r4.js';
import { describe, expect, it } from 'vitest';
import { Breaker } from '../src/gather/breaker.js';
import { paceOf } from '../src/gather/pace.js';
import { TemplateBudget } from '../src/gather/template-match.js';
import { writeAllowed } from '../src/gather/write-policy.js';
import type { OrganizationProfile } from '../src/model/documents/organization.js';
import type { EvidenceHeader } from '../src/model/evidence.js';
import { trial } from './support/trial.js';

const organization = (more: Partial<OrganizationProfile>): OrganizationProfile => ({
  apiVersion: 'ehr-scorecard/v1',
  kind: 'OrganizationProfile',
  metadata: { id: 'clinic' },
  ...more,
});
const headerOf = async (folder: string): Promise<EvidenceHeader> =>
  JSON.parse((await readFile(`${folder}/evidence.ndjson`, 'utf8')).split('\n')[0] ?? '') as EvidenceHeader;

it('rule 5: a request no template names, or one more than planned, is refused', () => {
  const budget = new TemplateBudget('a-probe', [
    { context: 'ai', method: 'GET', path: 'Slot/{id}', most: 1 },
    { context: 'ai', method: 'POST', path: 'Slot/_search?start', most: 1 },
  ]);
  const take = (context: string, method: 'GET' | 'POST' | 'DELETE', path: string, form?: [string, string][]) =>
    budget.take(context, { method, path, ...(form && { form }) });
  const unplanned = expect.objectContaining({ code: 'unplanned-request' }) as Error;
  expect(() => take('staff', 'GET', 'Slot/1')).toThrow(unplanned);
  expect(() => take('ai', 'DELETE', 'Slot/1')).toThrow(unplanned);
  expect(() => take('ai', 'GET', 'Slot/1/$everything')).toThrow(unplanned);
  expect(() => take('ai', 'POST', 'Slot/_search', [['status', 'free']])).toThrow(unplanned);
  take('ai', 'GET', 'Slot/1');
  expect(() => take('ai', 'GET', 'Slot/2')).toThrow(unplanned);
});

describe('what a writing run leaves in the EHR while it lasts', () => {
  it('rules 9, 16 and 21: far ahead, marked, on listed schedules, taken back one by one', async () => {
    const startedAt = Date.now();
    const made: Appointment[] = [];
    let schedules: string[] = [];
    let heldSchedules: (string | undefined)[] = [];
    const { end, exchanges, prepared } = await trial({
      checks: ['write.create', 'write.version-conflict'],
      change: ({ organization: document }) => {
        schedules = (document['testData'] as { schedules: { id: string }[] }).schedules.map(({ id }) => id);
      },
      afterwards: ({ sandbox }) => {
        const store = sandbox.organizations.get('lakeside')?.store;
        for (const each of store?.all('Appointment') ?? []) {
          const visit = each as Appointment;
          if (visit.identifier?.some(({ system }) => system === 'https://lakeside.example/test-object'))
            made.push(visit);
        }
        heldSchedules = made.map(({ slot }) => {
          const held = store?.get('Slot', slot?.[0]?.reference?.split('/')[1] ?? '')?.resource as Slot | undefined;
          return held?.schedule.reference?.split('/')[1];
        });
        return Promise.resolve();
      },
    });
    expect(made.length).toBeGreaterThan(1);
    const fortnight = 14 * 86_400_000;
    expect(made.filter(({ start }) => Date.parse(start ?? '') < startedAt + fortnight)).toEqual([]);
    expect(heldSchedules.filter((id) => !schedules.includes(id ?? ''))).toEqual([]);
    for (const visit of made) {
      expect(visit.meta?.tag).toContainEqual({ system: 'https://lakeside.example/test-run', code: 'probe' });
      expect(visit.identifier?.[0]?.value).toMatch(new RegExp(`^${prepared.runId}-\\d+$`));
      expect(visit.description).toContain('INTEGRATION TEST');
    }
    const undoing = exchanges.filter(({ probe }) => probe === 'cleanup');
    expect(undoing.length).toBeGreaterThan(0);
    const shapes = new Set(undoing.map(({ method, path }) => `${method} ${path}`));
    const allowed =
      /^(GET|PATCH|DELETE) [A-Z][A-Za-z]+\/\{id\}$|^POST [A-Z][A-Za-z]+\/_search\?(identifier|_id&_count)$/;
    expect([...shapes].filter((shape) => !allowed.test(shape))).toEqual([]);
    expect(end.residue).toEqual([]);
  });
});

it('rule 10: records that are sensitive are not asked for where none was prepared', async () => {
  const { exchanges } = await trial({
    workflow: 'documentation',
    checks: ['hipaa.sensitive-and-consent'],
    writes: 'none',
    change: ({ organization: document }) => {
      delete (document['testData'] as Record<string, unknown>)['sensitive'];
    },
  });
  expect(exchanges.filter(({ probe }) => probe === 'sensitive-records')).toEqual([]);
});

it('rule 14: a final state is written only where the organization lists it', () => {
  const drafts = organization({
    writePolicy: {
      enabled: true,
      allow: [{ resource: 'DocumentReference', interactions: ['create', 'patch'], states: ['preliminary'] }],
    },
  });
  expect(writeAllowed(drafts, 'DocumentReference', 'create', ['current', 'preliminary'])).toBe(true);
  for (const states of [['final'], ['current', 'final'], ['amended']]) {
    expect(writeAllowed(drafts, 'DocumentReference', 'patch', states), states.join(' ')).toBe(false);
  }
});

describe('rule 25: ceilings no profile lifts', () => {
  const fast = organization({ limits: { requestsPerSecond: 500, concurrency: 50 } });
  const stated = { noRealPatients: { statedBy: 'a@b.test', on: '2026-11-01' } };
  it.each([
    ['production', { class: 'production', fhirBase: 'https://ehr.test/r4' }, { requestsPerSecond: 2, concurrency: 2 }],
    ['no class', { fhirBase: 'https://ehr.test/r4' }, { requestsPerSecond: 2, concurrency: 2 }],
    [
      'a vendor sandbox',
      { class: 'vendor-sandbox', fhirBase: 'https://ehr.test/r4', ...stated },
      { requestsPerSecond: 20, concurrency: 20 },
    ],
    [
      'a simulator that is not on loopback',
      { class: 'simulator', fhirBase: 'https://ehr.test/r4', ...stated },
      { requestsPerSecond: 20, concurrency: 20 },
    ],
  ] as const)('%s', (_, environment, pace) => {
    expect(paceOf(fast, environment)).toEqual(pace);
  });

  it('nothing asked for is careful', () => {
    expect(paceOf(organization({}), { class: 'simulator', fhirBase: 'http://127.0.0.1:1/fhir' })).toEqual({
      requestsPerSecond: 2,
      concurrency: 2,
    });
  });
});

it('rule 26: six bad answers of twenty open the breaker for good, five do not', () => {
  const after = (bad: number): boolean => {
    const breaker = new Breaker();
    for (let asked = 0; asked < 20; asked++) breaker.note(asked < bad);
    for (let asked = 0; asked < 40; asked++) breaker.note(false);
    return breaker.open;
  };
  expect([after(5), after(6), after(20)]).toEqual([false, true, true]);
});

describe('rules 37 and 38: who ran it, and whether to keep it as patient data', () => {
  it.each([
    ['simulator', 'synthetic-only'],
    ['production', 'may-contain'],
  ])('%s: %s', async (environmentClass, phi) => {
    let header: EvidenceHeader | undefined;
    const { exchanges } = await trial({
      checks: ['discovery.capability'],
      writes: 'none',
      change: ({ organization: document }) => {
        const { sandbox } = document['environments'] as Record<string, Record<string, unknown>>;
        Object.assign(sandbox ?? {}, { class: environmentClass });
      },
      afterwards: async ({ folder }) => {
        header = await headerOf(folder);
      },
    });
    expect(header?.phi).toBe(phi);
    expect(header?.operator).toEqual({ party: 'ci', who: 'integration@lakeside.example' });
    expect(header?.tool.name).toBe('ehr-scorecard');
    expect(header?.planSha256).toMatch(/^[0-9a-f]{64}$/);
    // Nothing is asked home: every exchange goes to an address of the organization file.
    expect(exchanges.filter(({ purpose }) => purpose !== 'fhir')).toEqual([]);
  });
});

describe('rule 44: packages', () => {
  interface Manifest {
    readonly scripts?: Readonly<Record<string, string>>;
    readonly dependencies?: Readonly<Record<string, string>>;
    readonly devDependencies?: Readonly<Record<string, string>>;
  }
  interface Lock {
    readonly packages: Readonly<
      Record<string, { readonly integrity?: string; readonly resolved?: string; readonly link?: boolean }>
    >;
  }
  const read = async <Content>(path: string): Promise<Content> =>
    JSON.parse(await readFile(new URL(`../${path}`, import.meta.url), 'utf8')) as Content;

  it.each(['', 'test/third-party/'])(
    '%s: exact versions, integrity for every entry, no host of a registry',
    async (folder) => {
      const { dependencies, devDependencies } = await read<Manifest>(`${folder}package.json`);
      const versions = Object.entries({ ...dependencies, ...devDependencies });
      expect(versions.filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
      const { packages } = await read<Lock>(`${folder}package-lock.json`);
      const entries = Object.entries(packages).filter(([path]) => path !== '');
      expect(entries.length).toBeGreaterThan(versions.length);
      expect(entries.filter(([, { integrity }]) => !integrity?.startsWith('sha512-')).map(([path]) => path)).toEqual(
        [],
      );
      const elsewhere = ({ resolved }: Lock['packages'][string]): boolean =>
        resolved !== undefined && !resolved.startsWith('https://registry.npmjs.org/');
      expect(entries.filter(([, entry]) => elsewhere(entry)).map(([path]) => path)).toEqual([]);
    },
  );

  it('has no install script of its own; prepare only builds', async () => {
    const { scripts = {} } = await read<Manifest>('package.json');
    expect(Object.keys(scripts).filter((name) => /install/.test(name))).toEqual([]);
    expect(scripts['prepare']).toBe('npm run build');
  });
});
