import { readSearchset } from '../../fhir/bundle.js';
import { scopesAllow } from '../../fhir/scopes.js';
import type { FactValue } from '../../model/fact.js';
import type { AuthBinding } from '../../model/documents/organization.js';
import { workflowBindings } from '../../model/workflow-bindings.js';
import { foundByPatient, knownObjects, knownObjectTemplates } from '../known-objects.js';
import { defineProbe, type Client, type ProbeTools, type RunDocuments } from '../probe.js';
import type { RequestTemplate } from '../request.js';
import { seenOf, seenOfRead, type Seen } from '../seen.js';
import { onlyOf } from './workflow-clients.js';

type Trial = FactValue<'workflow-use'>[number];

/** Other workflows that are tried; one more would show nothing new of the same server. */
const workflowsTried = 2;

/** Another workflow's client with a type only it may search for by patient, and the types only this workflow's may read. */
export function otherWorkflows({ contract, organization, environmentId }: RunDocuments): {
  readonly other: AuthBinding;
  readonly theirs: string;
  readonly ours: readonly string[];
}[] {
  const { own, others } = workflowBindings(contract, organization, environmentId);
  if (own === undefined) return [];
  return others
    .filter((other) => other.flow === 'backend')
    .flatMap((other) => {
      const theirs = onlyOf(other, own).find(
        (type) =>
          foundByPatient.has(type) &&
          scopesAllow(other.scopes ?? [], type, 's') &&
          scopesAllow(other.scopes ?? [], type, 'r'),
      );
      const ours = onlyOf(own, other).filter((type) => scopesAllow(own.scopes ?? [], type, 'r'));
      return theirs === undefined ? [] : [{ other, theirs, ours }];
    })
    .slice(0, workflowsTried);
}

export const bindingContext = ({ id }: AuthBinding): string => `binding:${id}`;

/** A search only the other workflow's client may make: the control around what it may not do. */
export const ownSearchTemplate = (other: AuthBinding, theirs: string, most: number): RequestTemplate => ({
  context: bindingContext(other),
  method: 'POST',
  path: `${theirs}/_search?patient&_count`,
  most,
});

/** The first row of that search; the status tells what became of it. */
export async function ownSearch(client: Client, theirs: string, patient: string): Promise<{ seen: Seen; id?: string }> {
  const { status, resource } = await client.search(theirs, [
    ['patient', patient],
    ['_count', '1'],
  ]);
  const page = readSearchset(resource);
  const row = page === 'too-many' ? undefined : page?.matches.find((match) => match.resourceType === theirs);
  return { seen: seenOf(status, row !== undefined), ...(row?.id === undefined ? {} : { id: row.id }) };
}

/** One read each way: the other workflow's client at this one's records, and this one's client at those of the other. */
export default defineProbe({
  id: 'workflow-use',
  phase: 'read',
  subjects: 'run',
  when: (_subject, documents) => otherWorkflows(documents).length > 0,
  needs: ['ai'],
  writes: 'none',
  brings: ['workflow-use'],
  sends: (_subject, documents) => [
    ...knownObjectTemplates(documents),
    { context: 'ai', method: 'GET', path: 'Patient/{id}', most: 2 * workflowsTried },
    ...otherWorkflows(documents).flatMap(({ other, theirs, ours }): RequestTemplate[] => [
      ownSearchTemplate(other, theirs, 2),
      { context: 'ai', method: 'GET', path: `${theirs}/{id}`, most: 1 },
      ...ours.map(
        (type) => ({ context: bindingContext(other), method: 'GET', path: `${type}/{id}`, most: 1 }) as const,
      ),
    ]),
  ],
  async run(_subject, tools) {
    const trials: Trial[] = [];
    for (const each of otherWorkflows(tools)) trials.push(...(await tried(tools, each)));
    return { 'workflow-use': trials };
  },
});

async function tried(
  tools: ProbeTools,
  { other, theirs, ours }: ReturnType<typeof otherWorkflows>[number],
): Promise<Trial[]> {
  const { clients, cases, binding } = tools;
  const client = binding(other.id);
  const patient = cases.patients()[0];
  if (client === undefined || patient === undefined || !(await client.signedIn()).usableToken) return [];
  await cases.proven(patient);
  const known = await knownObjects(tools);
  const trial = { workflow: other.workflow ?? '', way: 'read' } as const;
  const trials: Trial[] = [];
  const before = await ownSearch(client, theirs, patient.id);
  const type = ours.find((one) => known.has(one));
  const here = type && (await client.read(type, known.get(type)?.id ?? ''));
  const after = await ownSearch(client, theirs, patient.id);
  const controls = { allowedBefore: before.seen === 'data', allowedAfter: after.seen === 'data' };
  if (type !== undefined && here !== undefined && here !== '') {
    const seen = seenOfRead(here, type);
    trials.push({ ...trial, direction: 'other-here', resourceType: type, status: here.status, seen, ...controls });
  }
  if (before.id === undefined) return trials;
  const works = (): Promise<boolean> =>
    clients.ai.allowed(async () => seenOfRead(await clients.ai.read('Patient', patient.id), 'Patient') === 'data');
  const allowedBefore = await works();
  const there = await clients.ai.read(theirs, before.id);
  const seen = seenOfRead(there, theirs);
  const allowedAfter = await works();
  return [
    ...trials,
    { ...trial, direction: 'own-there', resourceType: theirs, status: there.status, seen, allowedBefore, allowedAfter },
  ];
}
