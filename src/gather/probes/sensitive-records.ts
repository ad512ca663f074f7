import type { Consent, ConsentProvision, Resource } from 'fhir/r4.js';
import { readSearchset } from '../../fhir/bundle.js';
import { localReference, patientsOf } from '../../fhir/reference.js';
import { scopesAllow } from '../../fhir/scopes.js';
import { SafetyStop } from '../../model/errors.js';
import { missing, type FactValue } from '../../model/fact.js';
import { aiSystemBinding } from '../../model/subjects.js';
import { defineProbe, type Client, type ProbeTools, type RunDocuments } from '../probe.js';
import { ExchangeFault, type RequestTemplate } from '../request.js';
import { seenOf, seenOfRead } from '../seen.js';

type RecordSeen = FactValue<'sensitive-records'>['records'][number];
type Sight = RecordSeen['ai'][number];

/** A file may list more; these decide. */
const mostRecords = 4;

type Prepared = ReturnType<typeof preparedRecords>[number];

/** Listed records of listed patients. */
function preparedRecords({ organization: { testData } }: Pick<RunDocuments, 'organization'>) {
  return (testData?.sensitive ?? [])
    .flatMap((record) => {
      const patient = testData?.patients?.find(({ alias }) => alias === record.patient);
      const [type = '', id = ''] = record.object.split('/');
      return patient === undefined ? [] : [{ ...record, patient, type, id }];
    })
    .slice(0, mostRecords);
}

/** Contexts of the staff whose client may read the type. */
function readersOf(resourceType: string, { contract, organization, environmentId }: RunDocuments): string[] {
  const ai = aiSystemBinding(contract, organization, environmentId);
  return (organization.contexts ?? []).flatMap(({ id, binding: name }) => {
    const binding = organization.auth?.bindings?.find((each) => each.id === name);
    const reads = binding?.flow === 'backend' && binding.id !== ai?.id && binding.usedBy === 'staff';
    return reads && scopesAllow(binding.scopes ?? [], resourceType, 'r') ? [id] : [];
  });
}

/** Prepared records under special protection, read by the staff to show them and by the AI system to see what it gets. */
export default defineProbe({
  id: 'sensitive-records',
  phase: 'read',
  subjects: 'run',
  needs: ['ai'],
  writes: 'none',
  brings: ['sensitive-records'],
  sends(_subject, documents) {
    const records = preparedRecords(documents);
    if (records.length === 0) return [];
    return [
      { context: 'ai', method: 'GET', path: 'Patient/{id}', most: 2 },
      ...records.flatMap((record): RequestTemplate[] => [
        ...[...readersOf(record.type, documents).map((id) => `context:${id}`), 'ai'].flatMap(
          (context): RequestTemplate[] => [
            { context, method: 'GET', path: `${record.type}/{id}`, most: 1 },
            { context, method: 'POST', path: `${record.type}/_search?_id`, most: 1 },
          ],
        ),
        ...readersOf('Patient', documents).map((id): RequestTemplate => ({
          context: `context:${id}`,
          method: 'GET',
          path: 'Patient/{id}',
          most: 1,
        })),
        ...(record.consent === undefined ? [] : readersOf('Consent', documents)).map((id): RequestTemplate => ({
          context: `context:${id}`,
          method: 'GET',
          path: 'Consent/{id}',
          most: 1,
        })),
      ]),
    ];
  },
  async run(_subject, tools) {
    const { contract, clients, cases } = tools;
    const { sensitive, consent } = contract.dataHandling ?? {};
    if (sensitive === undefined && consent === undefined) {
      const who =
        'dataHandling.sensitive, dataHandling.consent: the privacy officer decides what the AI system leaves out';
      return { 'sensitive-records': missing('undecided', who) };
    }
    const prepared = preparedRecords(tools);
    const ordinary = cases.patients().find(({ alias }) => prepared.every(({ patient }) => patient.alias !== alias));
    const patient = ordinary ?? cases.patients()[0];
    if (prepared.length === 0 || patient === undefined) {
      return { 'sensitive-records': missing('no-test-object', 'testData.sensitive lists no record of a test patient') };
    }
    await cases.proven(patient);
    const allowed = (): Promise<boolean> =>
      clients.ai.allowed(async () => seenOfRead(await clients.ai.read('Patient', patient.id), 'Patient') === 'data');
    const allowedBefore = await allowed();
    const records: RecordSeen[] = [];
    for (const record of prepared) records.push(await recordSeen(record, tools));
    return { 'sensitive-records': { allowedBefore, allowedAfter: await allowed(), records } };
  },
});

async function recordSeen(record: Prepared, tools: ProbeTools): Promise<RecordSeen> {
  await prove(record, tools);
  const staff = await seenByStaff(record, tools);
  return {
    name: nameOf(record),
    label: record.label ?? null,
    consent: record.consent === undefined ? null : { denies: await deniesSomething(record.consent, tools) },
    staff,
    ai: await sightsOf(record, tools.clients.ai, tools),
  };
}

const nameOf = ({ type, patient, label, consent }: Prepared): string =>
  `${type} of ${patient.alias}${label === undefined ? '' : `, labelled ${label}`}${consent === undefined ? '' : ', kept back by consent'}`;

/** The patient carries the canary, whoever of us may read the Patient. @throws SafetyStop, ExchangeFault */
async function prove({ patient }: Prepared, tools: ProbeTools): Promise<void> {
  try {
    await tools.cases.proven(patient);
  } catch (error) {
    if (!(error instanceof ExchangeFault) || error.reason !== 'no-test-object') throw error;
    const read = await firstReading('Patient', patient.id, tools);
    if (read === undefined) throw error;
    if (JSON.stringify(read.resource).includes(patient.canary)) return;
    throw new SafetyStop(
      'canary-missing',
      8,
      `test patient ${patient.alias} does not carry its canary`,
      'Check the id and the canary in testData.patients with the EHR team before anything else is sent.',
    );
  }
}

async function firstReading(
  resourceType: string,
  id: string,
  tools: ProbeTools,
): Promise<{ readonly client: Client; readonly resource: Resource } | undefined> {
  for (const context of readersOf(resourceType, tools)) {
    const client = tools.context(context);
    if (client === undefined || !(await client.signedIn()).usableToken) continue;
    const { ok, resource } = await client.read(resourceType, id);
    if (ok && resource?.resourceType === resourceType) return { client, resource };
  }
  return undefined;
}

async function seenByStaff(record: Prepared, tools: ProbeTools): Promise<Sight[]> {
  const found = await firstReading(record.type, record.id, tools);
  if (found === undefined) return [];
  const of = patientsOf(found.resource);
  if (of.length > 0 && !of.includes(record.patient.id)) {
    throw new ExchangeFault('no-test-object', 'a record of testData.sensitive is of another patient', undefined);
  }
  return [
    { status: 200, seen: 'data', labelled: isLabelled(found.resource, record.label), bundleLabelled: null },
    await searched(record, found.client, tools),
  ];
}

async function sightsOf(record: Prepared, client: Client, tools: ProbeTools): Promise<Sight[]> {
  const read = await client.read(record.type, record.id);
  const seen = seenOfRead(read, record.type);
  const labelled = seen === 'data' && read.resource !== undefined ? isLabelled(read.resource, record.label) : null;
  return [{ status: read.status, seen, labelled, bundleLabelled: null }, await searched(record, client, tools)];
}

/** All prepared records of the type in one search of the session. */
async function searched({ type, id, label }: Prepared, client: Client, tools: ProbeTools): Promise<Sight> {
  const ids = preparedRecords(tools).flatMap((each) => (each.type === type ? [each.id] : []));
  const { status, resource } = await tools.once(`sensitive:${client.context}:${type}`, () =>
    client.search(type, [['_id', ids.join(',')]]),
  );
  const page = readSearchset(resource);
  const rows = page === undefined || page === 'too-many' ? [] : page.matches;
  const row = rows.find((match) => match.resourceType === type && match.id === id);
  const labelled = row === undefined ? null : isLabelled(row, label);
  return {
    status,
    seen: seenOf(status, row !== undefined),
    labelled,
    bundleLabelled: row !== undefined && codesOf(row).some(isRestricted) ? codesOf(resource).some(isRestricted) : null,
  };
}

// https://terminology.hl7.org/CodeSystem-v3-Confidentiality.html
const isRestricted = (code: string): boolean => code === 'R' || code === 'V';

function codesOf(resource: Resource | undefined): string[] {
  const security: unknown = resource?.meta?.security;
  return Array.isArray(security)
    ? security.flatMap((each: { code?: unknown } | null) => (typeof each?.code === 'string' ? [each.code] : []))
    : [];
}

const isLabelled = (resource: Resource, label: string | undefined): boolean =>
  codesOf(resource).some((code) => code === label || isRestricted(code));

/** Whether the Consent is active and denies something; null when nobody of us can read it. */
async function deniesSomething(reference: string, tools: ProbeTools): Promise<boolean | null> {
  const id = localReference(reference)?.split('/')[1];
  const found = id === undefined ? undefined : await firstReading('Consent', id, tools);
  if (found === undefined) return null;
  const { status, provision } = found.resource as Consent;
  return status === 'active' && denies(provision, 4);
}

function denies(provision: ConsentProvision | undefined, levels: number): boolean {
  if (provision === undefined || levels === 0) return false;
  const inner: unknown = provision.provision;
  return (
    provision.type === 'deny' ||
    (Array.isArray(inner) && inner.some((each) => denies(each as ConsentProvision, levels - 1)))
  );
}
