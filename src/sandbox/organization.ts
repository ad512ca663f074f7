import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { decodeJwt } from 'jose';
import type { Resource, Subscription } from 'fhir/r4.js';
import type { ListenerRequest, ListenerResponse } from '../wire/listener.js';
import { createAccess } from './access.js';
import { createAuditLog } from './audit.js';
import { createAuthorizationServer, usualRules, type AuthorizationServer } from './authorization.js';
import { clientTable, loginTable, type ClientRegistration } from './clients.js';
import { createClinic } from './clinic/clinic.js';
import { isOfPatient } from './compartment.js';
import type { Clinic, OrganizationId } from './clinic/clinic-index.js';
import { throughSeam, type Deliver, type Deviation, type SendMessage } from './deviation.js';
import type { Access, AccessEvent } from './exchange.js';
import { parseRequest, refusal, requestIdOf, written } from './fhir-exchange.js';
import { createFhirHandler } from './fhir/handler.js';
import { localReference, patientsOf } from './fhir/references.js';
import { parseSearch } from './fhir/search.js';
import { createStore, type Store } from './fhir/store.js';
import { createFeed } from './hl7v2-feed.js';
import { createPrivateFolder, writePrivateFile, type KeyOf } from './keys.js';
import type { SandboxUser } from './launch.js';
import { createSiteOf } from './sites.js';
import { smartConfiguration } from './smart-configuration.js';
import { withheldFrom } from './withholding.js';
import { topics } from './subscription-topics.js';
import { createSubscriptions, type Subscriptions } from './subscriptions.js';

/** A client of one running organization, with what is needed to sign in as it. */
export interface SandboxClient extends ClientRegistration {
  readonly clientId: string;
  readonly kid: string;
  /** PEM, PKCS #8, mode 0600. */
  readonly keyFile: string;
}

export interface SandboxOrganization {
  readonly id: OrganizationId;
  readonly fhirBase: string;
  readonly tokenUrl: string;
  readonly issuer: string;
  /** The record itself, past any deviation. */
  readonly store: Store;
  readonly clinic: Clinic;
  readonly clients: readonly SandboxClient[];
  /** People who sign in on its pages, and what they are there. */
  readonly users: readonly (SandboxUser & { readonly role: string })[];
  readonly subscriptions: Pick<Subscriptions, 'idle'>;
  /** Where its HL7 v2 feed connects to on this machine. */
  readonly feedPort: number;
  /** Brings every access so far into the store as AuditEvents, as a read of AuditEvents does. */
  flushAudit(): void;
}

/** An organization with the doors the server needs. */
export interface RunningOrganization extends SandboxOrganization {
  /** `path` is what follows the organization in the URL, without the query. */
  answer(request: ListenerRequest, path: string): Promise<ListenerResponse>;
  readonly tokenHolder: AuthorizationServer['tokenHolder'];
  stop(): void;
}

/**
 * One organization of the sandbox: its clinic, record, clients and authorization server.
 * @param settings.folder where `keys/` is written
 * @param settings.deliver sends a notification; true when the endpoint took it
 * @param settings.peers the other organizations, for a server that honours their tokens
 */
export async function createOrganization(settings: {
  id: OrganizationId;
  origin: string;
  seed: string;
  folder: string;
  now: () => Date;
  deviations: readonly Deviation[];
  keyOf: KeyOf;
  deliver: Deliver;
  /** Sends a message of the HL7 v2 feed; `port` is where a listener may stand for it. */
  feed: { readonly port: number; readonly send: SendMessage };
  endpoints: readonly string[];
  peers: () => readonly RunningOrganization[];
  onFault: (fault: unknown) => void;
}): Promise<RunningOrganization> {
  const { id, origin, now, deviations } = settings;
  const fhirBase = `${origin}/${id}/fhir`;
  const issuer = `${origin}/${id}/auth`;
  const tokenUrl = `${issuer}/token`;
  const rules = throughSeam(deviations, 'authorization', usualRules);

  const clients = await registerClients(id, join(settings.folder, 'keys'), (name, algorithm) =>
    settings.keyOf(rules.keyName(id, name), algorithm),
  );
  const byId = new Map<string, SandboxClient>(clients.map((client) => [client.clientId, client]));
  const clinic = createClinic({ seed: settings.seed, organization: id, now: now() });
  const users = await registerUsers(clinic, join(settings.folder, 'keys'));
  const patients = clinic.index.patients.map(({ id: patientId, alias }) => ({ id: patientId, label: alias }));
  const encounters = clinic.index.encounters.flatMap((visit) => {
    const patient = clinic.index.patients.find(({ alias }) => alias === visit.patient)?.id;
    return patient === undefined ? [] : [{ id: visit.id, patient, label: `${visit.patient}, ${visit.visitNumber}` }];
  });
  const authorization = await createAuthorizationServer({
    issuer,
    fhirBase,
    clients,
    rules,
    people: { tenant: id, users, patients, encounters },
  });

  const plainStore = createStore({ now });
  plainStore.transaction((writer) => {
    for (const resource of clinic.resources) writer.create(resource);
  });
  const store = throughSeam(deviations, 'store', plainStore);
  const siteOf = createSiteOf(clinic.index.sites, (type, resourceId) => plainStore.get(type, resourceId)?.resource);
  const audit = createAuditLog({
    organization: id,
    store: plainStore,
    now,
    throughDeviations: (append) => throughSeam(deviations, 'audit', append),
  });

  const record = (event: AccessEvent): void => {
    audit.record(event);
    subscriptions.observe(event);
  };
  const discovery: ListenerResponse = {
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(
      smartConfiguration(
        issuer,
        clients.flatMap(({ scopes }) => scopes),
      ),
    ),
  };
  const oauth = { token: tokenUrl, introspect: `${issuer}/introspect`, revoke: `${issuer}/revoke` };
  const fhir = createFhirHandler({
    store,
    base: fhirBase,
    now,
    record,
    capability: { oauth, topics: topics.map(({ url }) => url) },
    refuses: (created, access) =>
      created.resourceType === 'Subscription' ? subscriptions.problemOf(created as Subscription, access) : undefined,
    onFault: settings.onFault,
  });
  // Read anew for every change: a clause holds what the index had when it was made.
  const criteria = (resourceType: string, query: string) =>
    parseSearch(resourceType, new URLSearchParams(query), {
      store: plainStore,
      base: fhirBase,
      nowMs: now().getTime(),
      strict: true,
    }).clauses;
  const subscriptions = createSubscriptions({
    store: plainStore,
    base: fhirBase,
    now,
    endpoints: settings.endpoints,
    deliver: throughSeam(deviations, 'deliver', settings.deliver),
    problemOf(resourceType, query) {
      try {
        criteria(resourceType, query);
        return undefined;
      } catch {
        return 'criteria holds a parameter or value this server cannot search for';
      }
    },
    matches: ({ resourceType, id = '' }, query) => criteria(resourceType, query).every((clause) => clause.matches(id)),
  });

  const feed = createFeed({
    store: plainStore,
    base: fhirBase,
    organization: id,
    now,
    send: throughSeam(deviations, 'feed', settings.feed.send),
  });

  /** Who a bearer token speaks for; null for none, an unknown, an expired or another organization's one. */
  async function accessOf(request: ListenerRequest, requestId: string): Promise<Access | null> {
    const token = /^Bearer ([\x21-\x7e]{1,8192})$/i.exec(request.headers['authorization'] ?? '')?.[1];
    if (token === undefined) return null;
    let holder = await authorization.tokenHolder(token);
    let client = holder && byId.get(holder.clientId);
    if (!holder && rules.acceptsTokenOfOtherOrganization) {
      for (const peer of settings.peers()) {
        holder ??= await peer.tokenHolder(token);
        client ??= peer.clients.find(({ clientId }) => clientId === holder?.clientId);
      }
    }
    if (!holder || !client) return null;
    const { role, site, clientId } = client;
    const { scopes, launched, user } = holder;
    const isOfContext = (resource: Resource): boolean =>
      !rules.keepsToPatient(resource.resourceType) ||
      (launched?.patient !== undefined && isOfPatient(resource, launched.patient, fhirBase));
    const access = createAccess({
      clientId,
      ...(user === undefined ? {} : { user }),
      role,
      site,
      organization: id,
      scopes,
      requestId,
      siteOf,
      isOfPatient: isOfContext,
      isWithheld(resource) {
        const why = withheldFrom(role, resource, fhirBase, () => store.all('Consent'));
        return why !== undefined && rules.withholds(why);
      },
      documentOf({ securityContext }) {
        const local = localReference(securityContext?.reference ?? '', fhirBase);
        return local && store.get(local.type, local.id)?.resource;
      },
    });
    const ruled = (asked: Access): Access => ({
      ...asked,
      permits: (interaction, resourceType, resource) =>
        rules.permits(asked, interaction, resourceType, resource) &&
        (resourceType !== 'Subscription' || role === 'staff' || isOwn(resource, clientId)),
    });
    return { ...ruled(access), ofEntry: ruled({ ...access, inBundle: true }) };
  }

  /** Channel headers may hold a secret: a Subscription is for the client that made it. */
  function isOwn(resource: Resource | undefined, clientId: string): boolean {
    const owner = resource?.id === undefined ? undefined : subscriptions.ownerOf(resource.id);
    return owner === undefined || owner === clientId;
  }

  async function answerFhir(request: ListenerRequest, path: string): Promise<ListenerResponse> {
    if (path === '.well-known/smart-configuration') return discovery;
    const requestId = requestIdOf(request);
    const access = await accessOf(request, requestId);
    const parsed = parseRequest(request, path);
    if ('problem' in parsed) {
      record({ interaction: 'operation', access, requestId, patients: [], status: parsed.status });
      return refusal(parsed, requestId);
    }
    const operation = /^Subscription\/([A-Za-z0-9.-]{1,64})\/\$(status|events)$/.exec(path);
    if (operation && parsed.method === 'GET' && access) return answerOperation(request, access, requestId, operation);
    // A bundle may hold a search for AuditEvents too.
    if (path.startsWith('AuditEvent') || path === '') audit.flush();
    const headers = { ...request.headers, 'x-request-id': requestId };
    return written(await fhir({ ...parsed, path, query: request.query, headers, access }), requestId);
  }

  /** What a subscriber asks of its own Subscription; it reads, and is recorded as a read. */
  function answerOperation(
    { query }: ListenerRequest,
    access: Access,
    requestId: string,
    [, id = '', name]: RegExpExecArray,
  ): ListenerResponse {
    const subscription = plainStore.get('Subscription', id)?.resource;
    const allowed = subscription !== undefined && access.permits('r', 'Subscription', subscription);
    const body = allowed ? subscriptions.operation(id, name === 'status' ? 'status' : 'events', query) : undefined;
    const status = body !== undefined ? 200 : subscription !== undefined && !allowed ? 403 : 404;
    record({
      interaction: 'read',
      access,
      requestId,
      resourceType: 'Subscription',
      resourceId: id,
      patients: [
        ...new Set((body?.entry ?? []).flatMap(({ resource }) => (resource ? patientsOf(resource, fhirBase) : []))),
      ],
      status,
    });
    if (body !== undefined) return written({ status, headers: {}, body }, requestId);
    return status === 403
      ? refusal({ status, code: 'forbidden', problem: 'scope, role or site do not allow this' }, requestId)
      : refusal({ status, code: 'not-found', problem: 'no subscription to a topic has this id' }, requestId);
  }

  async function answerAuthorization(request: ListenerRequest, path: string): Promise<ListenerResponse> {
    const response = await authorization.answer(request, path);
    if (path === '/token') {
      const clientId = claimedClient(request);
      record({
        interaction: 'sign-in',
        access: null,
        ...(clientId === undefined ? {} : { clientId }),
        requestId: requestIdOf(request),
        patients: [],
        status: response.status,
      });
    }
    return response;
  }

  return {
    id,
    fhirBase,
    tokenUrl,
    issuer,
    store: plainStore,
    clinic,
    clients,
    users,
    subscriptions,
    flushAudit: () => audit.flush(),
    tokenHolder: (accessToken) => authorization.tokenHolder(accessToken),
    feedPort: settings.feed.port,
    stop() {
      subscriptions.stop();
      feed.stop();
    },
    async answer(request, path) {
      const [, door = '', rest = ''] = /^\/([^/]*)\/?(.*)$/.exec(path) ?? [];
      if (door === 'fhir') return answerFhir(request, rest);
      if (door === 'auth') return answerAuthorization(request, `/${rest}`);
      return refusal({ status: 404, code: 'not-found', problem: 'nothing is served here' }, requestIdOf(request));
    },
  };
}

async function registerClients(id: OrganizationId, keysFolder: string, keyOf: KeyOf) {
  await createPrivateFolder(keysFolder);
  return Promise.all(
    clientTable.map(async (registration) => {
      const { kid, publicJwk, privatePem } = await keyOf(registration.name, registration.algorithm);
      const keyFile = await writePrivateFile(keysFolder, `${registration.name}.pem`, privatePem);
      return { ...registration, clientId: `${id}-${registration.name}`, kid, keyFile, publicJwk };
    }),
  );
}

/** One person for each login; name and password are written beside the keys, as `name:password`. */
async function registerUsers({ index, resources }: Clinic, keysFolder: string): Promise<SandboxOrganization['users']> {
  const first = index.schedules[0]?.practitioner;
  const others = resources.flatMap(({ resourceType, id }) =>
    resourceType === 'Practitioner' && `Practitioner/${id}` !== first ? [`Practitioner/${id}`] : [],
  );
  const staff = first === undefined ? others : [first, ...others];
  const patient = index.patients[2];
  const users = loginTable.flatMap(({ name, role }, position) => {
    const fhirUser = role === 'patient' ? patient && `Patient/${patient.id}` : staff[position];
    return fhirUser === undefined ? [] : [{ name, role, password: randomUUID(), fhirUser }];
  });
  for (const { name, password } of users) await writePrivateFile(keysFolder, `${name}.login`, `${name}:${password}`);
  return users;
}

/** Who a token request says it is; nothing is verified. */
function claimedClient({ body }: ListenerRequest): string | undefined {
  const form = new URLSearchParams(Buffer.from(body).toString('utf8'));
  try {
    return (
      (decodeJwt(form.get('client_assertion') ?? '').sub ?? form.get('client_id') ?? '').slice(0, 200) || undefined
    );
  } catch {
    return form.get('client_id')?.slice(0, 200);
  }
}
