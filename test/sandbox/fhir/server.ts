import type { Bundle, FhirResource, OperationOutcome, Resource } from 'fhir/r4.js';
import type { Access, AccessEvent, FhirRequest, FhirResponse } from '../../../src/sandbox/exchange.js';
import { createFhirHandler } from '../../../src/sandbox/fhir/handler.js';
import { createStore, type Store } from '../../../src/sandbox/fhir/store.js';

export const base = 'https://ehr.test/fhir';
export const clock = '2030-01-02T03:04:05.678Z';

export const everything: Access = {
  clientId: 'client-1',
  organization: 'lakeside',
  role: 'clerk',
  site: null,
  scopes: ['system/*.cruds'],
  requestId: 'request-1',
  permits: () => true,
};

export interface Sent {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly access?: Access | null;
}

export interface Answer extends FhirResponse {
  /** The body as JSON would carry it; an empty object without one. */
  readonly json: Record<string, unknown>;
  readonly bundle: Bundle;
  /** `Type/id` of the matches of a search. */
  readonly ids: readonly string[];
  readonly issues: readonly { readonly code: string; readonly expression: string | undefined }[];
}

export interface TestServer {
  readonly store: Store;
  readonly events: AccessEvent[];
  readonly faults: unknown[];
  readonly send: (method: FhirRequest['method'], url: string, sent?: Sent) => Promise<Answer>;
}

/** The handler over a store with the given resources, without HTTP. */
export function testServer(...resources: readonly FhirResource[]): TestServer {
  const now = () => new Date(clock);
  const store = createStore({ now });
  store.transaction((writer) => {
    for (const resource of resources) writer.create(resource);
  });
  const events: AccessEvent[] = [];
  const faults: unknown[] = [];
  const handle = createFhirHandler({
    store,
    base,
    now,
    record: (event) => events.push(event),
    onFault: (fault) => faults.push(fault),
    capability: { oauth: { token: 'https://ehr.test/token' } },
  });
  return {
    store,
    events,
    faults,
    async send(method, url, { body, headers = {}, access = everything } = {}) {
      const [path = '', query = ''] = url.replace(`${base}/`, '').split(/\?(.*)/s);
      const parameters = new URLSearchParams(query);
      const copy = structuredClone(body);
      return answer(await handle({ method, path, query: parameters, headers, access, body: copy }));
    },
  };
}

function answer(response: FhirResponse): Answer {
  const json = JSON.parse(JSON.stringify(response.body ?? {})) as Record<string, unknown>;
  const bundle = json as unknown as Bundle;
  const outcome = json as unknown as OperationOutcome;
  return {
    ...response,
    json,
    bundle,
    ids: (bundle.entry ?? [])
      .filter(({ search }) => search?.mode === 'match')
      .map(({ resource }) => name(resource as Resource)),
    issues: (outcome.issue ?? []).map(({ code, expression }) => ({ code, expression: expression?.[0] })),
  };
}

export function name({ resourceType, id }: Resource): string {
  return `${resourceType}/${id ?? ''}`;
}

export const patient: FhirResource = {
  resourceType: 'Patient',
  id: 'p1',
  identifier: [{ system: 'urn:mrn', value: '1001' }],
  name: [{ family: 'Löwe', given: ['Ada', 'Maria'] }],
  birthDate: '1980-05-06',
  gender: 'female',
};
export const otherPatient: FhirResource = {
  resourceType: 'Patient',
  id: 'p2',
  identifier: [{ system: 'urn:mrn', value: '1002' }],
  name: [{ family: 'Lowell' }],
  birthDate: '1990-01-01',
};
export const practitioner: FhirResource = { resourceType: 'Practitioner', id: 'd1', name: [{ family: 'Moss' }] };
export const schedule: FhirResource = {
  resourceType: 'Schedule',
  id: 'sch1',
  actor: [{ reference: 'Practitioner/d1' }],
};

export function slot(id: string, hour: number, status: 'free' | 'busy' = 'free'): FhirResource {
  const at = (minute: string) => `2030-01-03T${String(hour).padStart(2, '0')}:${minute}:00Z`;
  return {
    resourceType: 'Slot',
    id,
    schedule: { reference: 'Schedule/sch1' },
    status,
    start: at('00'),
    end: at('30'),
    serviceType: [{ coding: [{ system: 'urn:visit', code: 'new' }] }],
  };
}

export function booking(slotId: string, hour: number, status = 'booked'): Record<string, unknown> {
  const { start, end } = slot(slotId, hour) as { start: string; end: string };
  return {
    resourceType: 'Appointment',
    status,
    start,
    end,
    slot: [{ reference: `Slot/${slotId}` }],
    participant: [{ actor: { reference: 'Patient/p1' }, status: 'accepted' }],
  };
}

export const clinic: readonly FhirResource[] = [
  patient,
  otherPatient,
  practitioner,
  schedule,
  slot('s9', 9),
  slot('s10', 10),
  slot('s11', 11, 'busy'),
];

export const jsonPatch = { 'content-type': 'application/json-patch+json' };
