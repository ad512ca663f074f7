import type { AuditEvent, AuditEventAgent, AuditEventEntity, Coding } from 'fhir/r4.js';
import type { AppendAudit } from './deviation.js';
import type { AccessEvent, AccessRecorder } from './exchange.js';
import type { Store } from './fhir/store.js';

/** The append-only log of one organization, kept as AuditEvent resources in its store. */
export interface AuditLog {
  readonly record: AccessRecorder;
  /** Writes what was recorded since the last call into the store; to be called before anything reads AuditEvents. */
  flush(): void;
}

/** A log nobody reads must not grow without bound in its cheap form either. */
const mostWaiting = 50_000;
const longestQuery = 4_000;

/**
 * Recording only notes the event: building and indexing the resource would slow the request that is being logged.
 * Shape: https://profiles.ihe.net/ITI/BALP/content.html, patterns Create, Read, Update, Delete, Query, and user login.
 * @param settings.append how records get into the store when a deviation changes that
 */
export function createAuditLog(settings: {
  organization: string;
  store: Store;
  now: () => Date;
  throughDeviations: (append: AppendAudit) => AppendAudit;
}): AuditLog {
  const { organization, store, now, throughDeviations } = settings;
  let waiting: { event: AccessEvent; recorded: string }[] = [];

  function flush(): void {
    const batch = waiting;
    waiting = [];
    if (batch.length === 0) return;
    store.transaction((writer) => {
      const append = throughDeviations((record) => void writer.create(record));
      for (const { event, recorded } of batch) append(auditRecord(event, recorded, organization), event);
    });
  }

  return {
    record(event) {
      waiting.push({ event, recorded: now().toISOString() });
      if (waiting.length >= mostWaiting) flush();
    },
    flush,
  };
}

const dicom = 'http://dicom.nema.org/resources/ontology/DCM';
const objectRole = 'http://terminology.hl7.org/CodeSystem/object-role';
const objectType = 'http://terminology.hl7.org/CodeSystem/audit-entity-type';

const actions: Readonly<Record<AccessEvent['interaction'], { action: 'C' | 'R' | 'U' | 'D' | 'E'; code: string }>> = {
  read: { action: 'R', code: 'read' },
  vread: { action: 'R', code: 'vread' },
  history: { action: 'R', code: 'history' },
  search: { action: 'E', code: 'search' },
  create: { action: 'C', code: 'create' },
  update: { action: 'U', code: 'update' },
  patch: { action: 'U', code: 'patch' },
  delete: { action: 'D', code: 'delete' },
  operation: { action: 'E', code: 'operation' },
  'sign-in': { action: 'E', code: '110122' },
};

function auditRecord(event: AccessEvent, recorded: string, organization: string): AuditEvent {
  const { action, code } = actions[event.interaction];
  const signIn = event.interaction === 'sign-in';
  return {
    resourceType: 'AuditEvent',
    type: signIn
      ? { system: dicom, code: '110114', display: 'User Authentication' }
      : {
          system: 'http://terminology.hl7.org/CodeSystem/audit-event-type',
          code: 'rest',
          display: 'RESTful Operation',
        },
    subtype: [
      signIn
        ? { system: dicom, code, display: 'Login' }
        : { system: 'http://hl7.org/fhir/restful-interaction', code, display: code },
    ],
    action,
    recorded,
    outcome: event.status < 400 ? '0' : event.status < 500 ? '4' : '8',
    outcomeDesc: `HTTP ${event.status}`,
    agent: [
      clientAgent(event),
      { type: destination, who: { display: `${organization} sandbox` }, requestor: false },
      ...userAgent(event),
    ],
    source: {
      site: organization,
      observer: { display: `${organization} sandbox` },
      type: [{ system: 'http://terminology.hl7.org/CodeSystem/security-source-type', code: '4' }],
    },
    entity: entities(event),
  };
}

const destination = { coding: [{ system: dicom, code: '110152', display: 'Destination Role ID' }] };

function clientAgent({ access, clientId = access?.clientId }: AccessEvent): AuditEventAgent {
  return {
    type: { coding: [{ system: dicom, code: '110153', display: 'Source Role ID' }] },
    who: clientId === undefined ? { display: 'not signed in' } : { identifier: { value: clientId } },
    ...(clientId === undefined ? {} : { altId: clientId }),
    ...(access
      ? { role: [{ text: access.role }, ...(access.site === null ? [] : [{ text: `site ${access.site}` }])] }
      : {}),
    requestor: true,
    // The sandbox listens on loopback only.
    network: { address: '127.0.0.1', type: '2' },
  };
}

// The pattern "User Context" of IHE: https://profiles.ihe.net/ITI/BALP/content.html
function userAgent({ access }: AccessEvent): AuditEventAgent[] {
  if (access?.user === undefined) return [];
  const informationRecipient = { system: 'http://terminology.hl7.org/CodeSystem/v3-ParticipationType', code: 'IRCP' };
  return [{ type: { coding: [informationRecipient] }, who: { reference: access.user }, requestor: true }];
}

function entities(event: AccessEvent): AuditEventEntity[] {
  const { resourceType, resourceId, versionId, patients, query, requestId } = event;
  const found: AuditEventEntity[] = [];
  if (resourceType !== undefined && resourceId !== undefined) {
    const version = versionId === undefined ? '' : `/_history/${versionId}`;
    found.push({
      what: { reference: `${resourceType}/${resourceId}${version}` },
      type: systemObject,
      role: { system: objectRole, code: '4', display: 'Domain Resource' },
    });
  }
  if (query !== undefined) {
    found.push({
      type: systemObject,
      role: { system: objectRole, code: '24', display: 'Query' },
      query: Buffer.from(query.slice(0, longestQuery)).toString('base64'),
    });
  } else if (resourceType !== undefined && resourceId === undefined) {
    found.push({
      type: { system: 'http://hl7.org/fhir/resource-types', code: resourceType },
      description: resourceType,
    });
  }
  for (const patient of patients) {
    found.push({
      what: { reference: `Patient/${patient}` },
      type: { system: objectType, code: '1', display: 'Person' },
      role: { system: objectRole, code: '1', display: 'Patient' },
    });
  }
  found.push({
    what: { identifier: { value: requestId } },
    type: { system: 'https://profiles.ihe.net/ITI/BALP/CodeSystem/BasicAuditEntityType', code: 'XrequestId' },
    description: 'X-Request-Id',
  });
  return found;
}

const systemObject: Coding = { system: objectType, code: '2', display: 'System Object' };
