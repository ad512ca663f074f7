import type { Bundle, Resource } from 'fhir/r4.js';
import { readSearchset } from '../../fhir/bundle.js';
import { localReference, patientsOf } from '../../fhir/reference.js';
import { lettersAllowed, scopesAllow } from '../../fhir/scopes.js';
import { missing, type FactValue } from '../../model/fact.js';
import { aiSystemBinding } from '../../model/subjects.js';
import { foundByPatient, knownObjects, knownObjectTemplates, type KnownObject } from '../known-objects.js';
import { defineProbe, type ProbeTools, type RunDocuments } from '../probe.js';
import type { RequestTemplate } from '../request.js';
import { seenOf, seenOfRead } from '../seen.js';

type Trial = FactValue<'scope-trials'>['trials'][number];
type Way = Trial['way'];

/** Types clinical records refer to, with the search parameters that lead to them (https://hl7.org/fhir/R4/searchparameter-registry.html). */
const referredTo: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  Practitioner: {
    Appointment: 'practitioner',
    Encounter: 'participant',
    DocumentReference: 'author',
    ServiceRequest: 'requester',
    MedicationRequest: 'requester',
    Task: 'owner',
    Patient: 'general-practitioner',
  },
  Location: { Appointment: 'location', Encounter: 'location' },
  Organization: { Encounter: 'service-provider', Patient: 'organization', Coverage: 'payor' },
};

/** What is planned out of the scopes asked for; what was granted decides when it runs. */
function plannedFor({ contract, organization, environmentId }: RunDocuments) {
  const ai = aiSystemBinding(contract, organization, environmentId);
  const scopes = ai?.scopes ?? [];
  const outside = Object.keys(referredTo).find((type) => lettersAllowed(scopes, type) === '');
  const readOnly = ['Schedule', 'Patient', ...(contract.resources ?? []).map((each) => each.type)].find(
    (type) => scopesAllow(scopes, type, 'r') && !scopesAllow(scopes, type, 's'),
  );
  const including = Object.keys((outside && referredTo[outside]) ?? {}).filter((type) =>
    scopesAllow(scopes, type, 's'),
  );
  const other = (organization.contexts ?? []).find((context) => {
    const binding = organization.auth?.bindings?.find((each) => each.id === context.binding);
    return outside !== undefined && binding !== ai && scopesAllow(binding?.scopes ?? [], outside, 'r');
  });
  const bothWays = scopesAllow(scopes, 'Patient', 's') ? [...foundByPatient] : [];
  const inside = bothWays.filter((type) => scopesAllow(scopes, type, 's') && scopesAllow(scopes, type, 'r'));
  const recorded = new Set(
    (organization.testData?.patients ?? []).flatMap((each) => Object.keys(each.inventory ?? {})),
  );
  const kept = bothWays.filter((type) => lettersAllowed(scopes, type) === '');
  const pointing = { inside, outside: kept.find((type) => recorded.has(type)) ?? kept[0] };
  return { outside, readOnly, including, other, pointing };
}

/** Requests outside the granted scopes: read, search, in a batch, by _include and _revinclude; with the AI system's own token. */
export default defineProbe({
  id: 'scope-trials',
  phase: 'read',
  subjects: 'run',
  needs: ['ai'],
  writes: 'none',
  brings: ['scope-trials'],
  sends(_subject, documents) {
    const { outside, readOnly, including, other, pointing } = plannedFor(documents);
    const ai = { context: 'ai', most: 1 } as const;
    return [
      ...knownObjectTemplates(documents),
      { context: 'ai', method: 'GET', path: 'Patient/{id}', most: 2 },
      ...(readOnly === undefined ? [] : [{ ...ai, method: 'POST', path: `${readOnly}/_search?_id` } as const]),
      ...(outside === undefined
        ? []
        : ([
            { ...ai, method: 'GET', path: `${outside}/{id}` },
            { ...ai, method: 'POST', path: `${outside}/_search?_id` },
            { ...ai, method: 'POST', path: '' },
          ] as const)),
      ...including.map((type) => ({ ...ai, method: 'POST', path: `${type}/_search?_id&_include` }) as const),
      ...(pointing.outside === undefined || pointing.inside.length === 0
        ? []
        : [{ ...ai, method: 'POST', path: 'Patient/_search?_id&_revinclude' } as const]),
      ...(other === undefined
        ? []
        : [{ context: `context:${other.id}`, method: 'GET', path: `${outside}/{id}`, most: 1 } as const]),
    ] satisfies RequestTemplate[];
  },
  async run(_subject, tools) {
    const { clients, cases, environmentClass } = tools;
    if (environmentClass === 'production')
      return { 'scope-trials': missing('tool-limited', 'production is never tested negatively') };
    if (!(await clients.ai.signedIn()).usableToken)
      return { 'scope-trials': missing('prerequisite-failed', 'the sign-in was refused') };
    const patient = cases.patients()[0];
    if (patient === undefined) return { 'scope-trials': missing('no-test-object', 'no test patient is listed') };
    const known = await knownObjects(tools);
    const allowed = (): Promise<boolean> =>
      clients.ai.allowed(async () => seenOfRead(await clients.ai.read('Patient', patient.id), 'Patient') === 'data');
    const allowedBefore = await allowed();
    const trials = await tried(tools, known, patient.id);
    const allowedAfter = await allowed();
    const notTried = (['read', 'search', 'batch', 'include', 'reverse include'] as const).filter(
      (way) => !trials.some((trial) => trial.way === way),
    );
    return { 'scope-trials': { allowedBefore, allowedAfter, trials, notTried } };
  },
});

async function tried(tools: ProbeTools, known: ReadonlyMap<string, KnownObject>, patientId: string): Promise<Trial[]> {
  const { ai } = tools.clients;
  const { outside, readOnly, including } = plannedFor(tools);
  const trials: Trial[] = [];
  const add = (way: Way, resourceType: string, status: number, seen: Trial['seen'], shownToExist: boolean): void => {
    trials.push({ way, resourceType, status, seen, shownToExist });
  };
  const search = async (resourceType: string, id: string, shownToExist: boolean): Promise<void> => {
    const answer = await ai.search(resourceType, [['_id', id]]);
    add(
      'search',
      resourceType,
      answer.status,
      seenOf(answer.status, holds(answer.resource, resourceType)),
      shownToExist,
    );
  };
  const own = readOnly === undefined ? undefined : known.get(readOnly);
  if (readOnly !== undefined && own !== undefined && !scopesAllow(ai.grantedScopes, readOnly, 's')) {
    await search(readOnly, own.id, true);
  }
  const pointed = await byReverseInclude(tools, known, patientId);
  if (pointed !== undefined) add('reverse include', pointed.resourceType, 200, pointed.seen, true);
  if (outside === undefined || lettersAllowed(ai.grantedScopes, outside) !== '') return trials;
  const id = [...known.values()].flatMap(({ resource }) => referencesOf(resource, outside))[0];
  if (id === undefined) return trials;
  const exists = await shownByOther(tools, outside, id);
  const read = await ai.read(outside, id);
  add('read', outside, read.status, seenOfRead(read, outside), exists);
  if (trials.every(({ way }) => way !== 'search')) await search(outside, id, exists);
  const batched = await inBatch(tools, patientId, `${outside}/${id}`);
  if (batched !== undefined) add('batch', outside, batched.status, batched.seen, exists);
  const source = including.find((type) => referencesOf(known.get(type)?.resource, outside).length > 0);
  const included = source && (await byInclude(tools, source, known.get(source)?.id ?? '', outside));
  if (included !== undefined && included !== '') add('include', outside, 200, included, true);
  return trials;
}

async function shownByOther(tools: ProbeTools, resourceType: string, id: string): Promise<boolean> {
  const { other } = plannedFor(tools);
  const client = other && tools.context(other.id);
  if (client === undefined || !(await client.signedIn()).usableToken) return false;
  return seenOfRead(await client.read(resourceType, id), resourceType) === 'data';
}

/** Undefined when the server takes no batch: the allowed entry beside it has to be answered. */
async function inBatch(
  { clients: { ai } }: ProbeTools,
  patientId: string,
  outside: string,
): Promise<{ readonly status: number; readonly seen: Trial['seen'] } | undefined> {
  const get = (url: string) => ({ request: { method: 'GET' as const, url } });
  const body: Bundle = { resourceType: 'Bundle', type: 'batch', entry: [get(`Patient/${patientId}`), get(outside)] };
  const { ok, resource } = await ai.send({ method: 'POST', path: '', body: JSON.stringify(body), tolerant: true });
  const entries = ok && resource?.resourceType === 'Bundle' ? (resource as Bundle).entry : undefined;
  if (!Array.isArray(entries)) return undefined;
  const [allowed, forbidden] = entries;
  const status = Number(/^\d{3}/.exec(String(forbidden?.response?.status))?.[0]);
  if (allowed?.resource?.resourceType !== 'Patient' || !Number.isInteger(status)) return undefined;
  return { status, seen: seenOf(status, forbidden?.resource?.resourceType === outside.split('/')[0]) };
}

/** Undefined when the server does not include what it may: the patient comes along in the same search. */
async function byInclude(
  { clients: { ai } }: ProbeTools,
  source: string,
  id: string,
  outside: string,
): Promise<'data' | 'nothing' | undefined> {
  const { resource } = await ai.search(source, [
    ['_id', id],
    ['_include', `${source}:patient`],
    ['_include', `${source}:${referredTo[outside]?.[source]}`],
  ]);
  const page = readSearchset(resource);
  if (page === undefined || page === 'too-many') return undefined;
  const all = [...page.included, ...page.matches];
  if (all.some((each) => each.resourceType === outside)) return 'data';
  return all.some((each) => each.resourceType === 'Patient') ? 'nothing' : undefined;
}

/** Undefined when the server does not bring along what it may: a record of the patient the token allows. */
async function byReverseInclude(
  tools: ProbeTools,
  known: ReadonlyMap<string, KnownObject>,
  patientId: string,
): Promise<{ readonly resourceType: string; readonly seen: 'data' | 'nothing' } | undefined> {
  const { ai } = tools.clients;
  const { inside, outside } = plannedFor(tools).pointing;
  const allowed = inside.find((type) => patientsOf(known.get(type)?.resource ?? {}).includes(patientId));
  if (outside === undefined || allowed === undefined || lettersAllowed(ai.grantedScopes, outside) !== '')
    return undefined;
  const { resource } = await ai.search('Patient', [
    ['_id', patientId],
    ['_revinclude', `${allowed}:patient`],
    ['_revinclude', `${outside}:patient`],
  ]);
  const page = readSearchset(resource);
  if (page === undefined || page === 'too-many') return undefined;
  const brought = [...page.included, ...page.matches];
  const ofOthers = brought.some((each) => patientsOf(each).length > 0 && !patientsOf(each).includes(patientId));
  if (ofOthers || brought.some((each) => each.resourceType === outside)) return { resourceType: outside, seen: 'data' };
  return brought.some((each) => each.resourceType === allowed) ? { resourceType: outside, seen: 'nothing' } : undefined;
}

function holds(resource: Resource | undefined, resourceType: string): boolean {
  const page = readSearchset(resource);
  return page === 'too-many' || page?.matches.some((match) => match.resourceType === resourceType) === true;
}

/** Ids of a type a resource refers to. */
function referencesOf(value: unknown, resourceType: string): string[] {
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return value.flatMap((each) => referencesOf(each, resourceType));
  return Object.entries(value).flatMap(([name, inner]) => {
    const [type, id] = name === 'reference' ? (localReference(inner)?.split('/') ?? []) : [];
    return type === resourceType && id !== undefined ? [id] : referencesOf(inner, resourceType);
  });
}
