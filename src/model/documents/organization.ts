import { Type, type Static } from 'typebox';
import { warningSigns } from '../warning-signs.js';
import {
  actionPath,
  apiVersion,
  block,
  closed,
  count,
  date,
  duration,
  identifier,
  identifiers,
  interactions,
  named,
  rate,
  reference,
  resourceType,
  text,
  texts,
} from './parts.js';

const o = Type.Optional;
const url = Type.String({
  pattern: '^https?://[^\\s/?#@]+(/[^\\s?#]*)?$',
  maxLength: 2_000,
  description: 'an http or https address without user, query and fragment',
});
const anyUrl = Type.String({
  pattern: '^https?://[^\\s/@]+',
  maxLength: 2_000,
  description: 'an http or https address',
});
const fhirId = Type.String({
  pattern: '^[A-Za-z0-9.-]{1,64}$',
  description: 'a FHIR id: letters, digits, "-" and ".", at most 64',
});
const relativeReference = Type.String({
  pattern: '^[A-Z][A-Za-z]{1,63}/[A-Za-z0-9.-]{1,64}$',
  description: 'a FHIR reference such as Location/100',
});
const clockTime = Type.String({ pattern: '^([01]\\d|2[0-3]):[0-5]\\d$', description: 'a time of day such as "16:00"' });
const timeZone = Type.String({
  pattern: '^[A-Za-z_]+(/[A-Za-z0-9_+-]+){0,2}$',
  description: 'a time zone such as America/Chicago',
});

const metadata = block({
  id: identifier,
  name: o(text),
  owner: o(text),
  decisionEnvironment: o(identifier),
  asOf: o(date),
});

const ehr = block({
  vendor: o(text),
  product: o(text),
  version: o(text),
  profile: o(identifier),
  fhirVersion: o(text),
  usCore: o(text),
  smart: o(text),
  chplProductNumber: o(text),
  listing: o(
    block({
      url: o(anyUrl),
      direction: o(Type.Enum(['read', 'write', 'read-write'])),
      status: o(Type.Enum(['live', 'in-review', 'planned', 'withdrawn'])),
      date: o(date),
    }),
  ),
});

const environment = block({
  class: o(Type.Enum(['simulator', 'vendor-sandbox', 'org-nonprod', 'production'])),
  fhirBase: url,
  tokenUrl: o(url),
  /** Where people sign in; its origin serves the pages of the sign-in and the key set. */
  authorizeUrl: o(url),
  /** Of a simulator: plays the EHR that opens an app, given client_id, patient and encounter. */
  launcher: o(url),
  tls: o(
    closed({
      ca: o(reference),
      caMode: o(Type.Enum(['add', 'only'])),
      serverName: o(text),
      spkiPins: o(texts),
      clientCert: o(closed({ cert: reference, key: reference })),
    }),
  ),
  mayWrite: o(Type.Boolean()),
  windows: o(
    Type.Array(
      closed({
        days: o(Type.Array(Type.Enum(['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']), { minItems: 1 })),
        from: clockTime,
        to: clockTime,
        zone: timeZone,
      }),
    ),
  ),
  contact: o(text),
  noRealPatients: o(closed({ statedBy: text, on: date })),
});
export type Environment = Static<typeof environment>;

const binding = block({
  id: identifier,
  environment: identifier,
  workflow: o(text),
  usedBy: Type.Enum(['ai-system', 'staff']),
  flow: Type.Enum(['backend', 'ehr-launch', 'standalone']),
  clientId: o(Type.Union([reference, text], { description: 'a client id, or a reference to one' })),
  key: o(reference),
  kid: o(text),
  alg: o(Type.Enum(['RS384', 'ES384'])),
  jwksUrl: o(anyUrl),
  secret: o(reference),
  redirectUris: o(Type.Array(anyUrl)),
  scopes: o(texts),
  expendable: o(Type.Boolean()),
});
export type AuthBinding = Static<typeof binding>;

const certificate = block({ id: identifier, use: o(text), ref: reference.properties.ref, expires: o(date) });

const site = block({
  id: identifier,
  name: o(text),
  location: o(relativeReference),
  organization: o(relativeReference),
  zone: o(timeZone),
  status: o(Type.Enum(['live', 'planned', 'closed'])),
});
export type Site = Static<typeof site>;

const context = block({
  id: identifier,
  role: identifier,
  site: o(identifier),
  binding: identifier,
  fhirUser: o(relativeReference),
  user: o(reference),
  purposeOfUse: o(text),
});
export type AccessContext = Static<typeof context>;

const channel = block({
  kind: Type.Enum(['subscription', 'hl7v2', 'vendor-feed', 'cds-hook', 'launch', 'poll', 'external']),
  style: o(Type.Enum(['r4-rest-hook', 'r5-backport'])),
  payload: o(Type.Enum(['empty', 'id-only', 'full-resource'])),
  event: o(text),
  listener: o(identifier),
  secret: o(reference),
  every: o(duration),
  query: o(text),
  hours: o(Type.Array(clockTime, { minItems: 2, maxItems: 2 })),
  clock: o(text),
});
export type Channel = Static<typeof channel>;

const listener = block({
  bind: o(text),
  port: o(Type.Integer({ minimum: 0, maximum: 65_535, description: 'a port number' })),
  publicUrl: o(url),
  tls: o(closed({ cert: reference, key: reference })),
  /** Addresses or subnets that may connect; a proxy off this machine needs them. */
  clients: o(texts),
});
export type Listener = Static<typeof listener>;

const patient = block({
  alias: identifier,
  id: fhirId,
  site: o(identifier),
  synthetic: Type.Literal(true, { description: 'true: only synthetic patients may be touched' }),
  inventory: o(Type.Record(resourceType, count)),
  canary: Type.String({ minLength: 8, maxLength: 100, description: 'a canary of at least 8 characters' }),
  gaps: o(texts),
});
export type TestPatient = Static<typeof patient>;

const testData = block({
  patients: o(Type.Array(patient)),
  twins: o(Type.Array(Type.Array(identifier, { minItems: 2, maxItems: 2 }))),
  encounters: o(Type.Array(closed({ id: fhirId, patient: identifier, closeable: o(Type.Boolean()) }))),
  /** Requests of test patients a trigger may be about (`{{trigger.focus}}`). */
  orders: o(Type.Array(closed({ id: fhirId, resource: resourceType, patient: identifier }))),
  schedules: o(
    Type.Array(closed({ id: fhirId, site: o(identifier), canary: Type.String({ minLength: 8, maxLength: 100 }) })),
  ),
  slots: o(
    closed({
      schedule: fhirId,
      count: o(count),
      visitType: o(text),
      /** Bookings one slot may hold by the clinic's own rule; not given: one. */
      bookingsPerSlot: o(Type.Integer({ minimum: 1, maximum: 100 })),
    }),
  ),
  sensitive: o(
    Type.Array(
      closed({
        patient: identifier,
        object: relativeReference,
        /** Sensitivity or confidentiality code the EHR is expected to return with it. */
        label: o(text),
        /** A Consent that denies it to the AI system. */
        consent: o(relativeReference),
      }),
    ),
  ),
  forbidden: o(Type.Array(closed({ context: identifier, object: relativeReference, reason: o(text) }))),
});

export const downstreamConsumers = [
  'hl7-out',
  'portal',
  'sms-and-mail',
  'billing',
  'claims',
  'pharmacy',
  'registries',
  'analytics',
  'paging',
] as const;

const writePolicy = block({
  enabled: o(Type.Boolean()),
  allow: o(
    Type.Array(
      closed({ resource: resourceType, interactions: Type.Array(interactions, { minItems: 1 }), states: o(texts) }),
    ),
  ),
  maxPerRun: o(count),
  tag: o(closed({ system: text, code: text })),
  identifierSystem: o(text),
  cleanup: o(Type.Enum(['delete', 'cancel', 'entered-in-error', 'none'])),
  leaves: o(closed({ max: count, who: o(text), until: o(date) })),
  never: o(Type.Array(resourceType)),
  approvals: o(Type.Array(closed({ who: text, until: date }))),
  /** Where a test object could go from here; writes stay off while one consumer is not stated. */
  downstream: o(
    closed({
      statedBy: text,
      on: date,
      consumers: Type.Record(Type.Enum([...downstreamConsumers]), Type.Enum(['disconnected', 'test-route', 'none']), {
        additionalProperties: false,
      }),
    }),
  ),
});

const limits = block({
  requestsPerSecond: o(Type.Number({ exclusiveMinimum: 0, maximum: 10_000, description: 'a number above 0' })),
  concurrency: o(Type.Integer({ minimum: 1, maximum: 256, description: 'a whole number from 1 to 256' })),
  perDay: o(count),
  authNegativeTests: o(Type.Boolean()),
  maxNegativeAuth: o(count),
  sampling: o(closed({ rate: o(rate), blocks: o(Type.Integer({ minimum: 1, maximum: 100 })), coldIdle: o(duration) })),
});

const auditSource = block({
  kind: Type.Enum(['fhir-auditevent', 'file', 'none']),
  location: o(Type.Union([reference, anyUrl], { description: 'an address, or a reference to a file' })),
  binding: o(identifier),
  lag: o(duration),
  query: o(text),
  mapping: o(identifier),
});

const fileOrUrl = Type.Union([reference, anyUrl], { description: 'an address, or a reference to a file' });
const aiSystem = block({
  launchUrl: o(anyUrl),
  /** Where the product is told of events; what it answers later comes to `listeners.webhook`, where a secret is agreed. */
  webhook: o(closed({ url: anyUrl, secret: o(reference) })),
  cdsHooks: o(
    closed({
      /** `cds-services` lies below it. */
      base: anyUrl,
      services: o(texts),
      /** Test key of the EHR the tool plays: RSA, or EC on P-384. */
      key: o(reference),
      /** Default: the RFC 7638 thumbprint of the key. */
      kid: o(text),
      /** As the service has agreed to; default: the FHIR base. */
      issuer: o(anyUrl),
      jku: o(anyUrl),
      tenant: o(text),
    }),
  ),
  query: o(closed({ url: anyUrl, token: o(reference) })),
  /** Client ids it signs in with itself, where they are not those of the bindings. */
  clients: o(texts),
  auditExport: o(
    Type.Union([reference, anyUrl, closed({ url: anyUrl, token: o(reference) })], {
      description: 'an address, an address with a token {url, token}, or a reference to a file',
    }),
  ),
  control: o(closed({ url: anyUrl, token: o(reference) })),
  proxy: o(closed({ listener: identifier })),
  routes: o(fileOrUrl),
  correlationHeader: o(text),
});

const gap = block({
  check: text,
  subject: o(text),
  control: text,
  owner: text,
  until: date,
});

const attestation = block({
  id: identifier,
  statement: text,
  link: o(text),
  sha256: o(Type.String({ pattern: '^[0-9a-f]{64}$', description: 'a SHA-256 digest in lower-case hex' })),
  owner: o(text),
  issued: o(date),
  expires: o(date),
  scope: o(text),
  /** What the document says something about, where a check names the items. */
  covers: o(identifiers),
  /** Day of the last drill, where what is claimed is practised. */
  drilledOn: o(date),
  /** How long a session may be left alone before it ends, as the statement `session-timeout` says. */
  idleAfter: o(duration),
  /** What the statement `audit-retention` says of the EHR's audit log, point by point. */
  log: o(
    closed({
      /** P0D: not kept. */
      keptFor: o(duration),
      /** Documented reason for less than six years. */
      shorterBecause: o(text),
      appendOnly: o(Type.Boolean()),
      readBy: o(text),
      reviewedEvery: o(duration),
      /** How a patient's accounting of disclosures is made from it. */
      disclosures: o(text),
      clock: o(text),
    }),
  ),
});
export type Attestation = Static<typeof attestation>;

/** Who runs which EHR, how to reach it, what may be touched. */
export const organizationSchema = Type.Object(
  {
    apiVersion,
    kind: Type.Literal('OrganizationProfile'),
    extends: o(identifier),
    metadata,
    operator: o(block({ party: o(Type.Enum(['buyer', 'ehr-team', 'vendor', 'ci'])), who: o(text) })),
    ehr: o(ehr),
    systems: o(Type.Array(block({ id: identifier, sites: o(identifiers), profile: o(identifier) }))),
    environments: o(named(environment)),
    auth: o(closed({ bindings: o(Type.Array(binding)) })),
    certificates: o(Type.Array(certificate)),
    sites: o(Type.Array(site)),
    contexts: o(Type.Array(context)),
    identifierSystems: o(named(Type.Union([text, named(text)]))),
    channels: o(named(channel)),
    paths: o(named(actionPath)),
    listeners: o(named(listener)),
    testData: o(testData),
    writePolicy: o(writePolicy),
    limits: o(limits),
    audit: o(closed({ sources: o(Type.Array(auditSource)) })),
    aiSystem: o(aiSystem),
    overrides: o(Type.Record(Type.String({ pattern: '^[^\\u0000-\\u001f]{1,300}$' }), Type.Unknown())),
    gaps: o(Type.Array(gap)),
    metrics: o(
      Type.Array(
        block({
          metric: identifier,
          baseline: o(Type.Number()),
          latest: o(Type.Number()),
          source: o(text),
          date: o(date),
        }),
      ),
    ),
    delivery: o(
      block({
        warningSigns: o(
          Type.Array(
            closed({
              sign: Type.Enum([...warningSigns]),
              answer: o(Type.Enum(['yes', 'no'])),
              owner: o(text),
              date: o(date),
            }),
          ),
        ),
        spend: o(closed({ planned: Type.Number(), actual: Type.Number(), currency: o(text) })),
      }),
    ),
    attestations: o(Type.Array(attestation)),
    regulatory: o(
      closed({
        asOf: o(date),
        hipaaNprmFinal: o(text),
        hti5Final: o(text),
        part2: o(text),
      }),
    ),
  },
  {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Organization profile',
    additionalProperties: false,
    patternProperties: { '^x-': {} },
  },
);
export type OrganizationProfile = Static<typeof organizationSchema>;
export type { ActionPath as PathOverride } from './parts.js';
