import type { Resource } from 'fhir/r4.js';
import { reportsError, type SearchPage } from '../../fhir/bundle.js';
import { patientsOf } from '../../fhir/reference.js';
import type { ContractResource } from '../../model/documents/contract.js';
import type { TestPatient } from '../../model/documents/organization.js';
import { missing } from '../../model/fact.js';
import { defineProbe, type Client, type ProbeTools } from '../probe.js';
import { ExchangeFault, type Answer } from '../request.js';
import { followPages, mostPages, postUnsupported, searchsetOf } from '../result-pages.js';
import { includeParameters, notInSelf, searchControls } from '../search-control.js';
import { fillSearch, holesOf, MissingTemplateValue, type SearchRequest } from '../template-values.js';
import { searchNamesPatient } from '../test-cases.js';

const fhirId = /^[A-Za-z0-9.-]{1,64}$/;
/** No FHIR resource type has this name. */
const unknownType = 'EhrScorecardNone';
/** Patients asked one after the other until one has a record of the type. */
const patientsTried = 3;

/**
 * The contract's own search of a resource: with values that match, with values that cannot, and with matching ones again
 * to the last page; and a read by id.
 */
export default defineProbe({
  id: 'search-behaviour',
  phase: 'read',
  subjects: 'resource',
  when: ({ item }) => item.find !== undefined,
  needs: ['ai'],
  writes: 'none',
  brings: ['search-behaviour'],
  sends: ({ item }) => {
    const { type, parameters } = fillSearch(withoutHoles(item), new Map(), new Date(0));
    const names = [...new Set(parameters.map(([name]) => name))].join('&');
    // Twice with matching values and once per filter; once more each in lenient handling, and by GET.
    const most = 2 * (2 + searchControls(parameters).length);
    return [
      { context: 'ai', method: 'POST', path: `${type}/_search?${names}`, most },
      { context: 'ai', method: 'GET', path: `${type}?${names}`, most: 1, pages: mostPages },
      { context: 'ai', method: 'GET', path: `${type}?${names}`, most },
      { context: 'ai', method: 'GET', path: `${type}/{id}`, most: 1 },
      { context: 'ai', method: 'POST', path: `${unknownType}/_search`, most: 1 },
    ];
  },
  async run({ item }, tools) {
    const { contract, environment, clients, cases, once, now } = tools;
    const found = await firstFound(item, tools);
    if (found === undefined) return { 'search-behaviour': missing('no-test-object', 'no test patient is listed') };
    const request = fillSearch(item.find ?? '', await cases.values(found.patient, holesOf(item.find)), now());
    const asking = new Asking(clients.ai, request.type, !searchNamesPatient(contract, item));

    const before = await asking.settle(request.parameters);
    const known = found.id ?? usableId(searchsetOf(before)?.matches.filter((row) => row.resourceType === item.type));
    const read = known === undefined ? undefined : await readById(item.type, known, found.patient, tools);
    const controls =
      searchsetOf(before) === undefined ? [] : await refusedOrEmpty(asking, searchControls(request.parameters));
    const after = before.ok ? await asking.ask(request.parameters) : before;
    const page = searchsetOf(after);
    const result = page && (await followPages(clients.ai, item.type, page, environment.fhirBase));
    const rows = result?.rows ?? [];
    const typed = rows.filter((row) => row.resourceType === item.type);
    // Bundle.entry.search.mode is optional: where more was asked for, another type is what came along.
    const includes = includeParameters(request.parameters);
    const alongside = (page?.included.length ?? 0) + (includes.length > 0 ? rows.length - typed.length : 0);
    const unknown = await once(`search:${unknownType}`, () =>
      clients.ai.send({ method: 'POST', path: `${unknownType}/_search`, form: [], tolerant: true }),
    );
    return {
      'search-behaviour': {
        read: read ?? null,
        search: {
          status: after.status,
          method: asking.method,
          refusedWhenStrict: !asking.strict,
          answer: page !== undefined ? 'searchset' : reportsError(after.resource) ? 'error-outcome' : 'other',
        },
        knownFoundBefore: holds(searchsetOf(before)?.matches, known),
        knownFoundAfter: holds(rows, known),
        rows: includes.length > 0 ? typed.length : rows.length,
        pages: result?.pages ?? 0,
        end: result?.end ?? 'end',
        total: totalOf(page),
        strangers: typed.filter((row) => isStranger(row, found.patient, item, tools)).length,
        otherTypes: includes.length > 0 ? 0 : rows.length - typed.length,
        unusableIds: rows.filter((row) => typeof row.id !== 'string' || !fhirId.test(row.id)).length,
        notInSelf: notInSelf(request.parameters, page?.self),
        notIncluded: alongside > 0 ? [] : includes,
        controls,
        unknownType: { status: unknown.status, searchset: searchsetOf(unknown) !== undefined },
      },
    };
  },
});

const withoutHoles = (item: ContractResource): string => (item.find ?? '').replaceAll(/\{\{[^}]*\}\}/g, '');

/** The first test patient with a record of the type, and the id of one; without an id when nobody has one. */
async function firstFound(
  item: ContractResource,
  { cases }: ProbeTools,
): Promise<{ readonly patient: TestPatient; readonly id: string | undefined } | undefined> {
  let first: TestPatient | undefined;
  let lacking: MissingTemplateValue | undefined;
  for (const patient of cases.patients().slice(0, patientsTried)) {
    try {
      // Without its values the search cannot be asked at all; whether it is answered is what the probe wants to know.
      await cases.values(patient, holesOf(item.find));
      const { resources } =
        item.type === 'Patient' ? { resources: [{ id: patient.id }] } : await cases.find(item, patient);
      first ??= patient;
      const id = usableId(resources);
      if (id !== undefined) return { patient, id };
    } catch (error) {
      if (error instanceof MissingTemplateValue) lacking ??= error;
      else if (error instanceof ExchangeFault && error.reason === 'prerequisite-failed')
        return { patient, id: undefined };
      else throw error;
    }
  }
  if (first === undefined && lacking !== undefined) throw lacking;
  return first && { patient: first, id: undefined };
}

/** Sends the search by POST, or by GET where POST is not supported and the values name no patient. */
class Asking {
  strict = true;
  method: 'POST' | 'GET' = 'POST';
  readonly #ai: Client;
  readonly #type: string;
  readonly #mayStandInUrl: boolean;

  constructor(ai: Client, type: string, mayStandInUrl: boolean) {
    this.#ai = ai;
    this.#type = type;
    this.#mayStandInUrl = mayStandInUrl;
  }

  ask(parameters: SearchRequest['parameters']): Promise<Answer> {
    const headers = this.strict ? { prefer: 'handling=strict' } : {};
    return this.method === 'POST'
      ? this.#ai.search(this.#type, parameters, headers)
      : this.#ai.send({ method: 'GET', path: this.#type, query: parameters, headers });
  }

  /** Asks, and keeps to what the server takes: POST or GET, strict or lenient handling. */
  async settle(parameters: SearchRequest['parameters']): Promise<Answer> {
    let answer = await this.ask(parameters);
    if (postUnsupported.includes(answer.status) && this.#mayStandInUrl) {
      this.method = 'GET';
      answer = await this.ask(parameters);
    }
    if (answer.status !== 400) return answer;
    this.strict = false;
    const lenient = await this.ask(parameters);
    this.strict = !lenient.ok;
    return lenient;
  }
}

async function refusedOrEmpty(
  asking: Asking,
  controls: ReturnType<typeof searchControls>,
): Promise<{ parameter: string; status: number; rows: number | null }[]> {
  const answers = [];
  for (const { parameter, parameters } of controls) {
    const answer = await asking.ask(parameters);
    answers.push({ parameter, status: answer.status, rows: searchsetOf(answer)?.matches.length ?? null });
  }
  return answers;
}

/** A test patient that was read by id in this run already is not read again. */
async function readById(
  type: string,
  id: string,
  patient: TestPatient,
  { clients: { ai }, cases, cite }: ProbeTools,
): Promise<{ readonly status: number; readonly sameObject: boolean }> {
  const proof = type === 'Patient' && id === patient.id ? await cases.proven(patient) : undefined;
  if (proof?.letter === 'r') {
    cite([proof.exchange]);
    return { status: 200, sameObject: true };
  }
  const read = await ai.read(type, id);
  return { status: read.status, sameObject: isSame(read, type, id) };
}

const usableId = (resources: readonly { readonly id?: string | undefined }[] | undefined): string | undefined =>
  resources?.find(({ id }) => typeof id === 'string' && fhirId.test(id))?.id;

const isSame = ({ ok, resource }: Answer, type: string, id: string | undefined): boolean =>
  ok && resource?.resourceType === type && resource.id === id;

const holds = (rows: readonly Resource[] | undefined, id: string | undefined): boolean =>
  id !== undefined && (rows ?? []).some((row) => row.id === id);

const totalOf = (page: SearchPage | undefined): number | null =>
  page?.total !== undefined && Number.isInteger(page.total) && page.total >= 0 ? page.total : null;

// A search for one patient must not bring another; only people with equal names and birth dates may come together.
function isStranger(row: Resource, patient: TestPatient, item: ContractResource, tools: ProbeTools): boolean {
  const { contract, organization } = tools;
  if (!searchNamesPatient(contract, item)) return false;
  const patients = patientsOf(row);
  if (row.resourceType !== 'Patient') return patients.length > 0 && !patients.includes(patient.id);
  return !(organization.testData?.patients ?? []).some(({ id }) => patients.includes(id));
}
