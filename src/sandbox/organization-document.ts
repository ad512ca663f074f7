import { createHash } from 'node:crypto';
import type { Attestation, OrganizationProfile } from '../model/documents/organization.js';
import { warningSigns } from '../model/warning-signs.js';
import { clinicianLogin, type ClientRegistration } from './clients.js';
import type { ClinicIndex, OrganizationId } from './clinic/clinic-index.js';
import { dateText, dayAfter } from './clinic/identity.js';
import { type WorkflowName, type WorkflowSetting, workflows } from './clinic/workflows.js';

export interface OrganizationDocumentOptions {
  readonly organization: OrganizationId;
  /** The contract it is meant for; a profile names only triggers, roles and override points its contract has. */
  readonly workflow: WorkflowName;
  readonly fhirBase: string;
  readonly tokenUrl: string;
  readonly clients: readonly RegisteredClient[];
  readonly clinic: ClinicIndex;
  /** Day the attestations, approvals and test data are stated for. */
  readonly now: Date;
  /** PEM of the CA of the sandbox and folder of the client keys, both relative to the folder of the document. */
  readonly caFile?: string;
  readonly keysFolder: string;
  /** Certificate and key of the listener for notifications; without them it speaks plain http, on loopback. */
  readonly listenerTls?: { readonly cert: { readonly ref: string }; readonly key: { readonly ref: string } };
  /** Where the HL7 v2 feed of the sandbox connects to. */
  readonly feedPort?: number;
  /** Where the AI system finds the proxy of a run; the listener is then at its port. */
  readonly proxyUrl?: string;
  /** How often a series is sampled; `mostSamplesPerMinute` where nothing else is said. */
  readonly samplesPerMinute?: number;
  /** Doors of the AI system on trial, where one runs. */
  readonly aiSystem?: OrganizationProfile['aiSystem'];
}

export type RegisteredClient = Pick<ClientRegistration, 'name' | 'scopes' | 'algorithm' | 'expendable' | 'app'> & {
  readonly clientId: string;
  readonly kid?: string;
  readonly jwksUrl?: string;
};

type AuthBinding = NonNullable<NonNullable<OrganizationProfile['auth']>['bindings']>[number];

const environment = 'sandbox';
/** Short enough to be waited for. */
export const idleSeconds = 20;
/** What a machine that is idle carries, with the embedded EHR, a product and this tool on it. */
export const mostSamplesPerMinute = 600;
const auditor = 'auditor';

/** The organization profile with which one of the shipped contracts runs against this organization of the sandbox. */
export function organizationDocument(options: OrganizationDocumentOptions): OrganizationProfile {
  const { organization, clinic, fhirBase, tokenUrl, now, caFile } = options;
  const setting = workflows[options.workflow];
  const owner = `integration@${organization}.example`;
  const today = dateText(now);
  const inAYear = dateText(dayAfter(now, 365));
  return {
    apiVersion: 'ehr-scorecard/v1',
    kind: 'OrganizationProfile',
    metadata: { id: organization, name: clinic.name, owner, decisionEnvironment: environment, asOf: today },
    operator: { party: 'ci', who: owner },
    ehr: {
      vendor: 'ehr-scorecard',
      product: 'ehr-scorecard sandbox',
      fhirVersion: '4.0.1',
      usCore: '6.1.0',
      smart: '2.2',
      listing: { url: `https://${organization}.example/listing`, direction: 'read-write', status: 'live', date: today },
    },
    systems: [{ id: environment, sites: clinic.sites.map(({ id }) => id) }],
    environments: {
      [environment]: {
        class: 'simulator',
        fhirBase,
        tokenUrl,
        ...(setting.apps === undefined
          ? {}
          : { authorizeUrl: beside(tokenUrl, 'authorize'), launcher: beside(tokenUrl, 'launcher') }),
        ...(caFile === undefined ? {} : { tls: { ca: { ref: `file:${caFile}` }, caMode: 'only' } }),
        mayWrite: true,
        contact: owner,
        noRealPatients: { statedBy: owner, on: today },
      },
      twin: {
        class: 'simulator',
        fhirBase: beside(fhirBase, 'twin/fhir'),
        ...(caFile === undefined ? {} : { tls: { ca: { ref: `file:${caFile}` }, caMode: 'only' } }),
        contact: owner,
        noRealPatients: { statedBy: owner, on: today },
      },
    },
    auth: { bindings: bindingsOf(setting, options) },
    sites: clinic.sites.map(({ id, name, location, organization: reference, zone }) => ({
      id,
      name,
      location,
      organization: reference,
      zone,
      status: 'live',
    })),
    contexts: [
      ...setting.contexts.map(({ client, role, site, signs }) => ({
        id: client,
        role,
        ...(signs === true && clinic.schedules[0] !== undefined ? { fhirUser: clinic.schedules[0].practitioner } : {}),
        ...(site === undefined ? {} : { site }),
        binding: client,
        purposeOfUse: setting.purposeOfUse,
      })),
      ...(setting.apps ?? []).map((client) => ({
        id: client,
        role: setting.contexts[0]?.role ?? client,
        ...(setting.contexts[0]?.site === undefined ? {} : { site: setting.contexts[0].site }),
        binding: client,
        ...(clinic.schedules[0] === undefined ? {} : { fhirUser: clinic.schedules[0].practitioner }),
        user: { ref: `file:${options.keysFolder}/${clinicianLogin}.login` },
        purposeOfUse: setting.purposeOfUse,
      })),
      ...(setting.apps ?? []).slice(0, 1).flatMap((client) =>
        (setting.alsoSignIn ?? []).map(({ login, role }) => ({
          id: `${client}-${login}`,
          role,
          binding: client,
          ...(role === 'patient' && clinic.patients[2] !== undefined
            ? { fhirUser: `Patient/${clinic.patients[2].id}` }
            : {}),
          user: { ref: `file:${options.keysFolder}/${login}.login` },
          purposeOfUse: setting.purposeOfUse,
        })),
      ),
    ],
    identifierSystems: { ...clinic.identifierSystems },
    channels: { ...setting.channels },
    listeners: {
      subscription: { bind: '127.0.0.1', port: 0, ...(options.listenerTls && { tls: options.listenerTls }) },
      proxy: {
        bind: '127.0.0.1',
        ...(options.proxyUrl === undefined
          ? { port: 0 }
          : { port: Number(new URL(options.proxyUrl).port), publicUrl: options.proxyUrl }),
      },
      ...(options.feedPort === undefined
        ? {}
        : {
            hl7v2: {
              bind: '127.0.0.1',
              port: options.feedPort,
              ...(options.listenerTls && { tls: options.listenerTls }),
            },
          }),
    },
    testData: testDataOf(clinic, setting),
    writePolicy: {
      enabled: true,
      allow: [
        {
          resource: 'Appointment',
          interactions: ['create', 'patch', 'update', 'delete'],
          states: ['booked', 'cancelled'],
        },
        {
          resource: 'Task',
          interactions: ['create', 'patch', 'update', 'delete'],
          states: ['requested', 'received', 'in-progress', 'on-hold', 'completed', 'failed', 'rejected', 'cancelled'],
        },
        {
          resource: 'DocumentReference',
          interactions: ['create', 'patch', 'update', 'delete'],
          states: ['preliminary', 'final'],
        },
        { resource: 'Encounter', interactions: ['patch', 'update'], states: ['in-progress', 'finished'] },
        { resource: 'Provenance', interactions: ['create', 'delete'] },
        { resource: 'Subscription', interactions: ['create', 'delete'] },
      ],
      maxPerRun: 2_000,
      tag: { system: `https://${organization}.example/test-run`, code: 'probe' },
      identifierSystem: `https://${organization}.example/test-object`,
      cleanup: 'delete',
      leaves: { max: 0, who: owner, until: inAYear },
      approvals: [{ who: owner, until: inAYear }],
      downstream: {
        statedBy: owner,
        on: today,
        consumers: {
          'hl7-out': 'none',
          portal: 'none',
          'sms-and-mail': 'none',
          billing: 'none',
          claims: 'none',
          pharmacy: 'none',
          registries: 'none',
          analytics: 'none',
          paging: 'none',
        },
      },
    },
    limits: {
      requestsPerSecond: 1_000,
      concurrency: 64,
      perDay: 500_000,
      authNegativeTests: true,
      maxNegativeAuth: 40,
      sampling: { rate: { perMinute: options.samplesPerMinute ?? mostSamplesPerMinute }, blocks: 1, coldIdle: 'PT0S' },
    },
    audit: {
      sources: [
        {
          kind: 'fhir-auditevent',
          location: fhirBase,
          binding: auditor,
          lag: 'PT0S',
          query: 'AuditEvent?date=ge{{from}}&date=le{{to}}',
        },
      ],
    },
    ...(options.aiSystem === undefined ? {} : { aiSystem: options.aiSystem }),
    overrides: { ...setting.overrides(clinic.visitType.code) },
    delivery: {
      warningSigns: warningSigns.map((sign) => ({ sign, answer: 'no' as const, owner, date: today })),
      spend: { planned: 100, actual: 100 },
    },
    metrics: setting.metrics.map((each) => ({
      ...each,
      source: 'example numbers of the simulator, counted by nobody',
      date: today,
    })),
    attestations: attestationsOf(setting, owner, now),
    regulatory: { asOf: today, hipaaNprmFinal: 'unknown', hti5Final: 'unknown', part2: 'in-force' },
  };
}

/** Another address of the authorization server. */
const beside = (tokenUrl: string, name: string): string => new URL(name, tokenUrl).href;

function bindingsOf(setting: WorkflowSetting, { clients, keysFolder }: OrganizationDocumentOptions): AuthBinding[] {
  const [aiSystem, ...staff] = setting.contexts.map(({ client }) => client);
  const other = setting.otherWorkflow;
  const apps = setting.apps ?? [];
  const names = [aiSystem, setting.spareClient, other.client, ...staff, auditor, ...apps];
  const ofAiSystem = [aiSystem, setting.spareClient, other.client, ...apps];
  return names.flatMap((name) => {
    const client = clients.find((each) => each.name === name);
    if (!client) return [];
    return [
      {
        id: client.name,
        environment,
        workflow: name === other.client ? other.workflow : setting.workflow,
        usedBy: ofAiSystem.includes(name) ? 'ai-system' : 'staff',
        flow: client.app?.flow ?? 'backend',
        clientId: client.clientId,
        ...(client.app === undefined ? {} : { redirectUris: [...client.app.redirectUris] }),
        key: { ref: `file:${keysFolder}/${client.name}.pem` },
        alg: client.algorithm,
        ...(client.kid === undefined ? {} : { kid: client.kid }),
        ...(client.jwksUrl === undefined ? {} : { jwksUrl: client.jwksUrl }),
        scopes: [...client.scopes],
        ...(client.expendable ? { expendable: true } : {}),
      } satisfies AuthBinding,
    ];
  });
}

function testDataOf(clinic: ClinicIndex, setting: WorkflowSetting): NonNullable<OrganizationProfile['testData']> {
  const limited = setting.contexts.find(({ site }) => site !== undefined && site !== clinic.otherSite.site);
  const schedule = clinic.schedules[0];
  // A known gap for every program: the notes are kept back by consent.
  const keptBack = new Set(
    clinic.sensitive.flatMap(({ patient, consent }) => (consent === undefined ? [] : [patient])),
  );
  return {
    patients: clinic.patients.map(({ alias, id, site, inventory, canary, gaps: missing }) => {
      const gaps = keptBack.has(alias) ? [...missing, 'DocumentReference'] : missing;
      return {
        alias,
        id,
        site,
        synthetic: true as const,
        inventory: { ...inventory },
        canary,
        ...(gaps.length === 0 ? {} : { gaps: [...gaps] }),
      };
    }),
    twins: clinic.twins.map(([one, other]): [string, string] => [one, other]),
    encounters: clinic.encounters.map(({ id, patient, closeable }) => ({ id, patient, closeable })),
    orders: clinic.orders.map(({ id, patient }) => ({ id, resource: 'ServiceRequest', patient })),
    schedules: clinic.schedules.map(({ id, site, canary }) => ({ id, site, canary })),
    ...(schedule === undefined
      ? {}
      : { slots: { schedule: schedule.id, count: schedule.freeSlots, visitType: clinic.visitType.code } }),
    sensitive: clinic.sensitive.map((record) => ({ ...record })),
    forbidden:
      limited === undefined
        ? []
        : [`Patient/${clinic.otherSite.patient}`, `Appointment/${clinic.otherSite.appointment}`].map((object) => ({
            context: limited.client,
            object,
            reason: 'other site',
          })),
  };
}

/** Stated for the simulator and nothing else; the digest is that of the statement itself. */
function attestationsOf(setting: WorkflowSetting, owner: string, now: Date): Attestation[] {
  const statements: Readonly<Record<string, string>> = {
    ...Object.fromEntries(
      ['', ...setting.parties.map((party) => `-${party}`)].map((party) => [
        `baa${party}`,
        'A simulator with synthetic patients: an agreement is on file as an example.',
      ]),
    ),
    'risk-analysis': 'Example of a statement: nothing in the simulator is about a person, so nobody is at risk.',
    'encryption-at-rest': 'Nothing is stored: the simulator lives in memory.',
    integrity: 'Every change makes a new version and an audit entry.',
    'backup-restore': 'The same seed restores the same clinic; tried at every start.',
    'incident-notice': 'Faults of the simulator are reported to its operator.',
    'workforce-access-review': 'Only the operator who started it holds the keys.',
    'no-training': 'No model is trained on this data.',
    disposal: 'The data end with the process.',
    mfa: 'Nobody signs in: every client proves itself with a key of its own.',
    'incident-contact': 'The operator who started it.',
    'audit-retention': 'Example of a statement: audit entries cannot be changed and are kept for seven years.',
    'downtime-procedure': 'Start it again with the same seed.',
    'part2-handling': 'Restricted records carry labels; none is about a person.',
    'ehr-connection': 'Read and write connection to the simulator, live while it runs.',
    'kill-switch': 'Drill held: the operator switched the reference program off, and it wrote nothing more.',
    'session-timeout':
      'A session of the app of the reference programs ends when it is left alone for the time given here.',
    'dsi-source-attributes': 'Example of a sheet: the reference programs hold no model; they copy what they read.',
    'product-stability': 'The reference programs are versioned with this tool.',
  };
  const more: Readonly<Record<string, Partial<Attestation>>> = {
    'audit-retention': {
      log: {
        keptFor: 'P7Y',
        appendOnly: true,
        readBy: 'the operator who started it',
        reviewedEvery: 'P1M',
        disclosures: 'counted from its entries by patient',
        clock: 'the clock of the machine',
      },
    },
    'session-timeout': { idleAfter: `PT${idleSeconds}S` },
    'kill-switch': { drilledOn: dateText(dayAfter(now, -30)) },
    'downtime-procedure': { drilledOn: dateText(dayAfter(now, -30)) },
    'dsi-source-attributes': {
      covers: [
        'intended-use',
        'users',
        'cautions',
        'inputs',
        'training-population',
        'validation-population',
        'performance',
        'fairness',
        'monitoring',
        'update-date',
      ],
    },
  };
  return Object.entries(statements).map(([id, statement]) => ({
    id,
    statement,
    sha256: createHash('sha256').update(statement).digest('hex'),
    owner,
    issued: dateText(dayAfter(now, -30)),
    expires: dateText(dayAfter(now, 335)),
    scope: 'simulator',
    ...more[id],
  }));
}
