import type { OperationOutcome, Resource } from 'fhir/r4.js';
import { patientsOf } from '../../fhir/reference.js';
import { lettersAllowed } from '../../fhir/scopes.js';
import type { OrganizationProfile, TestPatient } from '../../model/documents/organization.js';
import { missing, type FactValue } from '../../model/fact.js';
import { aiSystemBinding } from '../../model/subjects.js';
import { foundByPatient } from '../known-objects.js';
import { defineProbe, type ProbeTools, type RunDocuments } from '../probe.js';
import type { RequestTemplate } from '../request.js';
import { followPages, searchsetOf } from '../result-pages.js';
import { seenOfRead } from '../seen.js';

type KnownSet = FactValue<'known-set'>['sets'][number];
type Seen = Omit<KnownSet, 'resourceType' | 'documented' | 'seenAgain'>;

const pages = 5;
/** Types of one patient that are counted. */
const mostTypes = 8;
/** Issues about the request; every other one may speak of what was left out (https://hl7.org/fhir/R4/valueset-issue-type.html). */
const aboutTheRequest = new Set([
  'invalid',
  'structure',
  'required',
  'value',
  'invariant',
  'not-supported',
  'code-invalid',
]);

/** Counts what the AI system sees of one test patient, beside the documented inventory. */
export default defineProbe({
  id: 'known-set',
  phase: 'read',
  subjects: 'run',
  needs: ['ai'],
  writes: 'none',
  inProduction: true,
  brings: ['known-set'],
  sends(_subject, documents) {
    const types = [
      ...new Set((documents.organization.testData?.patients ?? []).flatMap((each) => typesOf(each, documents))),
    ];
    if (types.length === 0) return [];
    return [
      ...types.flatMap((type): RequestTemplate[] => [
        { context: 'ai', method: 'POST', path: `${type}/_search?patient`, most: 2 },
        { context: 'ai', method: 'GET', path: type, most: 2, pages },
      ]),
      { context: 'ai', method: 'GET', path: 'Patient/{id}', most: 1 },
    ];
  },
  async run(_subject, tools) {
    const { cases, clients } = tools;
    // The last ones: nobody else adds to their records.
    const patient = cases.patients().findLast((each) => typesOf(each, tools).length > 0);
    if (patient === undefined) {
      const detail = 'testData.patients[].inventory counts no type the AI system may search by patient';
      return { 'known-set': missing('no-test-object', detail) };
    }
    await cases.proven(patient);
    const counted: { resourceType: string; documented: number; first: Seen }[] = [];
    for (const resourceType of typesOf(patient, tools)) {
      const documented = patient.inventory?.[resourceType] ?? 0;
      counted.push({ resourceType, documented, first: await count(resourceType, patient.id, patient, tools) });
    }
    const differing = counted.filter(({ documented, first }) => first.searchset && first.seen !== documented);
    const allowedBetween =
      differing.length === 0 ? null : seenOfRead(await clients.ai.read('Patient', patient.id), 'Patient') === 'data';
    const sets: KnownSet[] = [];
    for (const { resourceType, documented, first } of counted) {
      const again = differing.some((each) => each.resourceType === resourceType)
        ? await count(resourceType, `Patient/${patient.id}`, patient, tools)
        : undefined;
      // The standard promises both ways of naming the patient; a server that knows one of them withholds nothing.
      const otherWay = first.seen === 0 && again?.seen === documented;
      sets.push({
        resourceType,
        documented,
        ...(otherWay ? again : first),
        seenAgain: otherWay ? null : (again?.seen ?? null),
      });
    }
    return { 'known-set': { patient: patient.alias, sets, allowedBetween } };
  },
});

/** Types of the patient's inventory which the AI system's client may search by patient. */
function typesOf({ inventory }: TestPatient, { contract, organization, environmentId }: RunDocuments): string[] {
  const scopes = aiSystemBinding(contract, organization, environmentId)?.scopes ?? [];
  return Object.keys(inventory ?? {})
    .filter((type) => foundByPatient.has(type) && lettersAllowed(scopes, type).includes('s'))
    .slice(0, mostTypes);
}

async function count(resourceType: string, named: string, patient: TestPatient, tools: ProbeTools): Promise<Seen> {
  const { clients, environment, organization } = tools;
  const answer = await clients.ai.search(resourceType, [['patient', named]]);
  const page = searchsetOf(answer);
  if (page === undefined) return { status: answer.status, searchset: false, end: 'end', seen: 0, explained: false };
  const { rows, end } = await followPages(clients.ai, resourceType, page, environment.fhirBase, { pages });
  const own = rows.filter(
    (row) =>
      row.resourceType === resourceType && patientsOf(row).includes(patient.id) && !madeByARun(row, organization),
  );
  return {
    status: answer.status,
    searchset: true,
    end,
    seen: own.length,
    explained: page.outcomes.some(saysMore),
  };
}

/** Carries the tag or an identifier that runs give to what they make. */
function madeByARun(resource: Resource, { writePolicy }: OrganizationProfile): boolean {
  const { tag, identifierSystem } = writePolicy ?? {};
  const tagged = (resource.meta?.tag ?? []).some(({ system, code }) => system === tag?.system && code === tag?.code);
  const { identifier } = resource as { identifier?: unknown };
  const named = (Array.isArray(identifier) ? (identifier as { system?: unknown }[]) : []).some(
    (each) => identifierSystem !== undefined && each?.system === identifierSystem,
  );
  return (tag !== undefined && tagged) || named;
}

const saysMore = ({ issue }: OperationOutcome): boolean =>
  Array.isArray(issue) && issue.some((each) => each?.code !== undefined && !aboutTheRequest.has(each.code));
