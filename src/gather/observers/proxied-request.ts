import { patientsOf } from '../../fhir/reference.js';
import type { Method, OutgoingRequest } from '../request.js';
import { shapeOf } from '../template-match.js';

/** What the AI system asked for, below the base. */
export interface ProxiedRequest {
  readonly method: string;
  /** Without a slash at the start, as sent. */
  readonly path: string;
  /** With its question mark, as sent; empty where there is none. */
  readonly search: string;
  readonly interaction: Interaction;
  readonly resourceType?: string;
  /** `Type/id` of the one resource it is about. */
  readonly reference?: string;
}

/** `discovery`: the documents with which an EHR introduces itself, and what a browser asks before it sends. */
export type Interaction = 'read' | 'search' | 'write' | 'discovery';

/** One change the AI system asks for; a bundle asks for several. */
export interface ProxiedWrite {
  readonly method: string;
  readonly resourceType?: string;
  /** Absent for a create and for a conditional change. */
  readonly reference?: string;
  /** Place in its bundle, from 0; absent where it is a request of its own. */
  readonly entry?: number;
  /** Value of If-Match as sent. */
  readonly ifMatch?: string;
  /** What would keep a second create apart from a new one. */
  readonly key?: 'if-none-exist' | 'identifier';
  /** Its business identifiers, sorted; held in memory alone. */
  readonly identifiers?: string;
  /** Ids of the patients it is about; undefined where nothing that went through the proxy tells. */
  readonly patients: readonly string[] | undefined;
}

const typeName = /^[A-Z][A-Za-z]{1,63}$/;
const idText = /^[A-Za-z0-9.-]{1,64}$/;
export const smartConfigurationPath = '.well-known/smart-configuration';
const mostEntries = 5_000;
const mostIdentifiers = 20;

export function readRequest(method: string, path: string, search: string): ProxiedRequest {
  const [type = '', id = ''] = path.split('/');
  const resourceType = typeName.test(type) ? type : undefined;
  const reference = resourceType !== undefined && idText.test(id) ? `${type}/${id}` : undefined;
  return {
    method,
    path,
    search,
    interaction: interactionOf(method, path, resourceType),
    ...(resourceType === undefined ? {} : { resourceType }),
    ...(reference === undefined ? {} : { reference }),
  };
}

function interactionOf(method: string, path: string, resourceType: string | undefined): Interaction {
  if (method === 'OPTIONS' || path === 'metadata' || path.startsWith('.well-known/')) return 'discovery';
  if (path.endsWith('/_search')) return 'search';
  if (method !== 'GET' && method !== 'HEAD') return 'write';
  return path.includes('/') && resourceType !== undefined ? 'read' : 'search';
}

/** Headers of one change. */
export interface Conditions {
  readonly ifMatch?: string | undefined;
  readonly ifNoneExist?: string | undefined;
}

/** Every change a request asks for. `ownersOf` says whose an object is, as far as that went through the proxy. */
export function writesOf(
  request: ProxiedRequest,
  { ifMatch, ifNoneExist }: Conditions,
  body: unknown,
  ownersOf: (reference: string) => readonly string[] | undefined,
): ProxiedWrite[] {
  if (request.interaction !== 'write') return [];
  const { entry } = (request.path === '' && isObject(body) ? body : {}) as { entry?: unknown };
  if (Array.isArray(entry)) {
    return entry.slice(0, mostEntries).flatMap((each: unknown, index) => {
      const { request: asked, resource } = (isObject(each) ? each : {}) as {
        request?: { method?: unknown; url?: unknown; ifMatch?: unknown; ifNoneExist?: unknown };
        resource?: unknown;
      };
      const [path = '', search = ''] = textOf(asked?.url).split('?');
      const inner = readRequest(textOf(asked?.method), path.replace(/^.*\/(?=[A-Z][A-Za-z]+\/)/, ''), search);
      const match = typeof asked?.ifMatch === 'string' ? asked.ifMatch : undefined;
      const none = typeof asked?.ifNoneExist === 'string' ? asked.ifNoneExist : undefined;
      const conditions = { ifMatch: match, ifNoneExist: none };
      const inside = inner.path === '' ? [] : writesOf(inner, conditions, resource, ownersOf);
      return inside.map((write) => ({ ...write, entry: index }));
    });
  }
  const { method, resourceType, reference } = request;
  const named = isObject(body) && typeof (body as { resourceType?: unknown }).resourceType === 'string';
  const owners = reference === undefined ? undefined : ownersOf(reference);
  const patients = named || owners !== undefined ? [...(named ? patientsOf(body) : []), ...(owners ?? [])] : undefined;
  return [
    {
      method,
      ...(resourceType === undefined ? {} : { resourceType }),
      ...(reference === undefined ? {} : { reference }),
      ...(ifMatch === undefined ? {} : { ifMatch }),
      ...keyOf(method, ifNoneExist, body),
      patients,
    },
  ];
}

function keyOf(
  method: string,
  ifNoneExist: string | undefined,
  body: unknown,
): Pick<ProxiedWrite, 'key' | 'identifiers'> {
  if (method !== 'POST') return {};
  const { identifier } = (isObject(body) ? body : {}) as { identifier?: unknown };
  const all = Array.isArray(identifier) ? (identifier as unknown[]).slice(0, mostIdentifiers) : [identifier];
  const named = all.flatMap((each) => {
    const { system, value } = (isObject(each) ? each : {}) as { system?: unknown; value?: unknown };
    return textOf(value) === '' ? [] : [`${textOf(system)}|${textOf(value)}`];
  });
  const identifiers = named.length === 0 ? {} : { identifiers: named.sort().join(' ') };
  if (ifNoneExist !== undefined) return { key: 'if-none-exist', ...identifiers };
  return named.length === 0 ? {} : { key: 'identifier', ...identifiers };
}

/** The request as probes describe theirs, for folds and for the template that is kept. */
export function asOutgoing(
  request: ProxiedRequest,
  form: string | undefined,
  body: string | undefined,
): OutgoingRequest {
  const query = pairsOf(request.search);
  return {
    method: request.method as Method,
    path: request.path,
    ...(query.length === 0 ? {} : { query }),
    ...(form === undefined ? {} : { form: pairsOf(form) }),
    ...(body === undefined ? {} : { body }),
  };
}

/** `Appointment/{id}`, `Slot/_search?start`; whatever has no shape of FHIR is `other`. */
export function templateOf(request: OutgoingRequest): string {
  const [type = ''] = request.path.split('/');
  const known =
    request.path === '' || typeName.test(type) || /^(?:metadata|_history|_search|\$[a-z-]{1,60})$/.test(type);
  if (!known && request.path !== smartConfigurationPath) return 'other';
  return shapeOf({
    path: request.path
      .split('/')
      .map((segment) => (/^(?:[$_.]?[A-Za-z-]{1,60}|\.well-known)$/.test(segment) ? segment : 'x'))
      .join('/'),
    ...(request.query === undefined ? {} : { query: named(request.query) }),
    ...(request.form === undefined ? {} : { form: named(request.form) }),
  });
}

/** Names of parameters, never values; one that looks like none is `other`. */
export function parameterNames(request: OutgoingRequest): string[] {
  return [...new Set([...(request.query ?? []), ...(request.form ?? [])].map(([name]) => shownName(name)))].slice(
    0,
    40,
  );
}

/** Parameters in the URL whose values tell who somebody is (https://hl7.org/fhir/R4/patient.html#search). */
export function tellingInUrl({ query = [] }: OutgoingRequest): string[] {
  return [...new Set(query.map(([name]) => shownName(name)))].filter(
    (name) => telling.has(name.split(/[:.]/).at(-1) ?? '') || telling.has(name.split(':')[0] ?? ''),
  );
}

const telling = new Set(
  'name family given birthdate death-date phone email telecom address address-city address-postalcode identifier phonetic _content _text'.split(
    ' ',
  ),
);

const shownName = (name: string): string => (/^[A-Za-z_][A-Za-z0-9_.:-]{0,63}$/.test(name) ? name : 'other');
const named = (pairs: readonly (readonly [string, string])[]) =>
  pairs.slice(0, 40).map(([name]) => [shownName(name), ''] as const);

const pairsOf = (text: string): [string, string][] => [...new URLSearchParams(text)].slice(0, 200);

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;
