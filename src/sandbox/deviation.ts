import type { AuditEvent, Bundle, Resource, Subscription } from 'fhir/r4.js';
import type { ListenerRequest, ListenerResponse } from '../wire/listener.js';
import type { Access, AccessEvent } from './exchange.js';
import type { AdvisorFault } from './ai-systems/advisor-configuration.js';
import type { AppFault } from './ai-systems/note-app-configuration.js';
import type { ProductName } from './ai-systems/start-order-advisor.js';
import type { AvailabilityFault } from './ai-systems/slot-answers.js';
import type { LogFault } from './ai-systems/write-log.js';
import type { WorkflowName } from './clinic/workflows.js';
import type { Store } from './fhir/store.js';
import type { Withheld } from './withholding.js';

/** What a reference AI system, or its app, can be told to do wrong. */
export type ProductFault = AdvisorFault | AppFault | AvailabilityFault | LogFault;

export type RawHandler = (request: ListenerRequest) => Promise<ListenerResponse>;

/** What an organization's authorization server decides; a deviation replaces any of it. */
export interface AuthorizationRules {
  readonly acceptsReplayedAssertion: boolean;
  /** Longest time between now and the `exp` of a client assertion. */
  readonly longestAssertionSeconds: number;
  readonly acceptsAudience: (audience: string, own: { tokenUrl: string; endpointUrl: string }) => boolean;
  readonly tokenLifetimeSeconds: number;
  /** Clients of the same key name sign with the same key. */
  readonly keyName: (organization: string, client: string) => string;
  /** Scopes a token gets; `undefined` refuses the request with `invalid_scope`. */
  readonly scopesGranted: (
    requested: readonly string[],
    registered: readonly string[],
  ) => readonly string[] | undefined;
  readonly permits: (...question: [access: Access, ...Parameters<Access['permits']>]) => boolean;
  /** Whether an app may be answered at this address. */
  readonly acceptsRedirect: (given: string, registered: readonly string[]) => boolean;
  /** `code_challenge_method` values the authorization endpoint takes. */
  readonly challengeMethods: readonly string[];
  readonly acceptsVerifier: (verifier: string | undefined, challenge: string) => boolean;
  /** Whether a patient-level scope reaches only the patient in context. */
  readonly keepsToPatient: (resourceType: string) => boolean;
  /** Whether what a label or a consent keeps from machines is kept from them. */
  readonly withholds: (why: Withheld) => boolean;
  /** The other organizations of the same process issue tokens too; right is to refuse them. */
  readonly acceptsTokenOfOtherOrganization: boolean;
}

/** One notification of a Subscription as it goes to the endpoint. */
export interface Notification {
  readonly subscription: Subscription;
  readonly kind: 'handshake' | 'heartbeat' | 'event';
  /** What the event is about. */
  readonly resource?: Resource;
  readonly method: 'POST' | 'PUT';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}
/** Resolves to whether the endpoint took it. Notifications of one Subscription are delivered one after the other. */
export type Deliver = (notification: Notification) => Promise<boolean>;

/** One message of the HL7 v2 feed as it goes out. */
export interface FeedMessage {
  /** `S15` */
  readonly event: string;
  readonly controlId: string;
  /** Its segments, each ended by a carriage return. */
  readonly text: string;
  /** How often it is sent again while nobody acknowledges it. */
  readonly resends: number;
}
/** Resolves to whether somebody acknowledged it. Messages go out one after the other. */
export type SendMessage = (message: FeedMessage) => Promise<boolean>;

/** Appends one record to the audit log. */
export type AppendAudit = (record: AuditEvent, event: AccessEvent) => void;

export interface ListenSettings {
  readonly tls: {
    readonly minVersion?: 'TLSv1' | 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3';
    readonly maxVersion?: 'TLSv1.2' | 'TLSv1.3';
    readonly ciphers?: string;
  };
  readonly certificate: { readonly validDays?: number; readonly names?: readonly string[] };
}

/** The documents of one trial as plain objects, before anything reads them. A deviation changes them in place. */
export interface Documents {
  readonly contract: Record<string, unknown>;
  readonly organization: Record<string, unknown>;
}

interface Seams {
  /** Before FHIR and OAuth alike. */
  wrap: (next: RawHandler) => RawHandler;
  store: (store: Store) => Store;
  authorization: (rules: AuthorizationRules) => AuthorizationRules;
  deliver: (next: Deliver) => Deliver;
  feed: (next: SendMessage) => SendMessage;
  audit: (next: AppendAudit) => AppendAudit;
  listen: (settings: ListenSettings) => ListenSettings;
  /** What the product on trial does wrong. */
  product: (faults: readonly ProductFault[]) => readonly ProductFault[];
  documents: (documents: Documents) => void;
}
export type SeamName = keyof Seams;
export const seamNames: readonly SeamName[] = [
  'wrap',
  'store',
  'authorization',
  'deliver',
  'feed',
  'audit',
  'listen',
  'product',
  'documents',
];

type ExactlyOneSeam = {
  [Name in SeamName]: Pick<Seams, Name> & { readonly [Other in Exclude<SeamName, Name>]?: never };
}[SeamName];

/** Nothing is wrong but the product on trial. */
type AnotherProduct = { readonly aiSystem: ProductName } & { readonly [Name in SeamName]?: never };

/** One named way for the sandbox, the documents or the product to misbehave, and the checks that must notice. */
export type Deviation = {
  /** Kebab case; the name of its file. */
  readonly id: string;
  readonly title: string;
  readonly caughtBy: readonly [string, ...string[]];
  /** The public standard, or the public report, that says what would be right. */
  readonly source: string;
  /** The shipped contract it shows in; default scheduling. */
  readonly workflow?: WorkflowName;
  /** Shows only in a run that is given a second organization. */
  readonly peer?: true;
  /** Shows only in a run that is given an earlier one. */
  readonly previous?: true;
  /** Shows only beside a reference AI system. */
  readonly aiSystem?: ProductName;
  /** Checks whose probes cause what it shows in, where those of `caughtBy` send nothing themselves. */
  readonly besides?: readonly string[];
  /** What the documents need to hold for it to show in; done before anything else is. */
  readonly given?: (documents: Documents) => void;
} & (ExactlyOneSeam | AnotherProduct);

export function defineDeviation(deviation: Deviation): Deviation {
  return deviation;
}

/** Whether nothing is wrong but the product on trial, which stands in the place of a good one. */
export const isAnotherProduct = (deviation: Deviation): boolean =>
  seamNames.every((name) => deviation[name] === undefined);

/** Whether it shows in the EHR itself, whatever the documents say and whichever product is on trial. */
export const isOfEhr = (deviation: Deviation): boolean =>
  deviation.documents === undefined && deviation.product === undefined && !isAnotherProduct(deviation);

/** `innermost` inside every deviation of that seam, the first one listed outermost. */
export function throughSeam<Name extends Exclude<SeamName, 'documents'>>(
  deviations: readonly Deviation[],
  name: Name,
  innermost: ReturnType<Seams[Name]>,
): ReturnType<Seams[Name]> {
  return deviations.reduceRight<ReturnType<Seams[Name]>>((inside, deviation) => {
    const seam = deviation[name] as ((inside: ReturnType<Seams[Name]>) => ReturnType<Seams[Name]>) | undefined;
    return seam === undefined ? inside : seam(inside);
  }, innermost);
}

/** The request with one header taken away or replaced. */
export function withHeader(request: ListenerRequest, name: string, value: string | undefined): ListenerRequest {
  const { [name]: _, ...others } = request.headers;
  return { ...request, headers: value === undefined ? others : { ...others, [name]: value } };
}

/** The response with every resource of its JSON body, also inside a Bundle, passed through `change`. */
export function withResources(response: ListenerResponse, change: (resource: Resource) => Resource): ListenerResponse {
  if (!response.headers?.['content-type']?.includes('json') || !response.body) return response;
  const text = typeof response.body === 'string' ? response.body : Buffer.from(response.body).toString();
  const parsed = JSON.parse(text) as { resourceType?: string; entry?: { resource?: Resource }[] };
  if (parsed.resourceType === 'Bundle') {
    for (const entry of parsed.entry ?? []) if (entry.resource) entry.resource = change(entry.resource);
    return { ...response, body: JSON.stringify(parsed) };
  }
  return parsed.resourceType === undefined
    ? response
    : { ...response, body: JSON.stringify(change(parsed as Resource)) };
}

/** Whether the request is a search of the type, by GET or by POST. */
export function searches({ method, path }: ListenerRequest, resourceType: string): boolean {
  return path.endsWith(`/${resourceType}/_search`) || (method === 'GET' && path.endsWith(`/${resourceType}`));
}

/** Whether the request is a read of one resource of the type by its id. */
export function reads({ method, path }: ListenerRequest, resourceType: string): boolean {
  return method === 'GET' && new RegExp(`/${resourceType}/[A-Za-z0-9.-]+$`).test(path);
}

/** Whether the request creates a resource of the type. */
export function creates({ method, path }: ListenerRequest, resourceType: string): boolean {
  return method === 'POST' && path.endsWith(`/${resourceType}`);
}

/** Whether the request changes a part of a resource of the type. */
export function patches({ method, path }: ListenerRequest, resourceType: string): boolean {
  return method === 'PATCH' && new RegExp(`/${resourceType}/[A-Za-z0-9.-]+$`).test(path);
}

/** Whether the request is a Bundle that asks to be stored as a whole. */
export function isTransaction({ method, path, body }: ListenerRequest): boolean {
  return method === 'POST' && /\/fhir\/?$/.test(path) && Buffer.from(body).toString().includes('"type":"transaction"');
}

/** The same Bundle, whose entries stand for themselves. */
export function asBatch(request: ListenerRequest): ListenerRequest {
  return withBody(request, { ...(sentBody(request) as object), type: 'batch' });
}

/** The JSON body of a request. */
export function sentBody({ body }: ListenerRequest): unknown {
  return JSON.parse(Buffer.from(body).toString());
}

/** The request with another JSON body. */
export function withBody(request: ListenerRequest, body: object): ListenerRequest {
  return { ...request, body: Buffer.from(JSON.stringify(body)) };
}

/** The request without one search parameter, in the address and in the form alike. */
export function withoutParameter(request: ListenerRequest, name: string): ListenerRequest {
  const query = new URLSearchParams([...request.query].filter(([key]) => key !== name));
  if (!request.path.endsWith('/_search')) return { ...request, query };
  const form = new URLSearchParams(Buffer.from(request.body).toString());
  form.delete(name);
  return { ...request, query, body: Buffer.from(form.toString()) };
}

/** A search parameter of the request, from the form or the address. */
export function parameterOf(request: ListenerRequest, name: string): string | null {
  return new URLSearchParams(Buffer.from(request.body).toString()).get(name) ?? request.query.get(name);
}

/** The response with its Bundle passed through `change`; anything else stays as it is. */
export function withBundle(response: ListenerResponse, change: (bundle: Bundle) => Bundle): ListenerResponse {
  if (!response.headers?.['content-type']?.includes('json') || !response.body) return response;
  const text = typeof response.body === 'string' ? response.body : Buffer.from(response.body).toString();
  const parsed = JSON.parse(text) as Resource;
  return parsed.resourceType === 'Bundle' ? { ...response, body: JSON.stringify(change(parsed as Bundle)) } : response;
}

/** The notification with its Bundle passed through `change`; one without a Bundle stays as it is. */
export function withNotice(notification: Notification, change: (bundle: Bundle) => Bundle): Notification {
  if (notification.body === '') return notification;
  const parsed = JSON.parse(notification.body) as Resource;
  if (parsed.resourceType !== 'Bundle') return notification;
  return { ...notification, body: JSON.stringify(change(parsed as Bundle)) };
}

/** An answer made up by a deviation, as FHIR JSON. */
export function answered(status: number, resource: object): ListenerResponse {
  return {
    status,
    headers: { 'content-type': 'application/fhir+json; charset=utf-8' },
    body: JSON.stringify(resource),
  };
}

/** An OperationOutcome with one error. */
export function outcome(code: string, diagnostics: string): object {
  return { resourceType: 'OperationOutcome', issue: [{ severity: 'error', code, diagnostics }] };
}

/** The map at this place of a document of a trial; a deviation of documents changes it where it stands. */
export function partOf(document: object, ...steps: readonly (string | number)[]): Record<string, unknown> {
  let part: unknown = document;
  for (const step of steps) part = (part as Record<string | number, unknown>)[step];
  return part as Record<string, unknown>;
}

/** The answer with the SMART discovery document passed through `change`, when that is what was asked for. */
export function withSmartConfiguration(
  { path }: ListenerRequest,
  response: ListenerResponse,
  change: (document: Record<string, unknown>) => Record<string, unknown>,
): ListenerResponse {
  if (!path.endsWith('/.well-known/smart-configuration') || typeof response.body !== 'string') return response;
  return { ...response, body: JSON.stringify(change(JSON.parse(response.body) as Record<string, unknown>)) };
}
