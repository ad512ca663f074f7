import type { Provenance, Resource } from 'fhir/r4.js';
import { localReference } from '../../fhir/reference.js';
import { scopesAllow } from '../../fhir/scopes.js';
import { createsThroughFhir } from '../../model/actions.js';
import type { FactValue } from '../../model/fact.js';
import type { Subject } from '../../model/subject.js';
import { defineProbe, type ProbeTools, type RunDocuments } from '../probe.js';
import { testObjectTemplates, type FilledBody } from '../test-objects.js';
import { idOfLocation } from '../writer.js';

type Origin = FactValue<'machine-origin'>[number];
type Author = Origin['author'];

/** https://terminology.hl7.org/CodeSystem-v3-ObservationValue.html */
const labelSystem = 'http://terminology.hl7.org/CodeSystem/v3-ObservationValue';
/** https://terminology.hl7.org/CodeSystem-provenance-participant-type.html */
const participantType = 'http://terminology.hl7.org/CodeSystem/provenance-participant-type';

/** Writes a labelled object and a Provenance for it as the AI system would, and reads both again. */
export default defineProbe({
  id: 'machine-origin',
  phase: 'write',
  subjects: 'run',
  when: ({ item: { contract } }, documents) =>
    contract.audit?.provenance?.required === true && creatingActions(documents).length > 0,
  needs: ['ai'],
  writes: 'one',
  brings: ['machine-origin'],
  sends: (_, documents) => [
    ...creatingActions(documents).flatMap(({ item: { action } }) => [
      ...testObjectTemplates(action),
      { context: 'ai', method: 'GET' as const, path: `${action.resource ?? ''}/{id}`, most: 2 },
    ]),
    { context: 'ai', method: 'POST', path: 'Provenance', most: creatingActions(documents).length, mutates: true },
    { context: 'ai', method: 'GET', path: 'Provenance/{id}', most: creatingActions(documents).length },
  ],
  async run(_, tools) {
    const origins: FactValue<'machine-origin'> = [];
    for (const subject of creatingActions(tools)) origins.push(await originOf(subject, tools));
    return { 'machine-origin': origins };
  },
});

const creatingActions = ({ subjects }: Pick<RunDocuments, 'subjects'>): Subject<'action'>[] =>
  subjects.filter(
    (subject): subject is Subject<'action'> =>
      subject.kind === 'action' && createsThroughFhir(subject.item.action, subject.item.path?.via),
  );

async function originOf({ item: { action } }: Subject<'action'>, tools: ProbeTools): Promise<Origin> {
  const { ai } = tools.clients;
  const { aiLabel } = tools.contract.audit?.provenance ?? {};
  const security = aiLabel === undefined ? [] : [{ system: labelSystem, code: aiLabel }];
  const filled = await tools.objects.body(action);
  const { body } = filled;
  const made = await tools.objects.make(
    security.length === 0 ? body : { ...body, meta: { ...body.meta, security } },
    ai,
  );
  const before = await ai.read(made.resourceType, made.id ?? '');
  const sent = await provenanceOf(made, filled, tools, security);
  const answer = scopesAllow(ai.grantedScopes, 'Provenance', 'c')
    ? await ai.write({ method: 'POST', resourceType: 'Provenance', body: sent })
    : undefined;
  // The answer to a create may be empty; what it made stands in Location (https://hl7.org/fhir/R4/http.html#create).
  const id =
    answer?.resource?.resourceType === 'Provenance'
      ? answer.resource.id
      : idOfLocation(answer?.ok === true ? answer.headers['location'] : undefined, 'Provenance');
  const kept = id === undefined ? undefined : await ai.read('Provenance', id);
  const after = await ai.read(made.resourceType, made.id ?? '');
  const stored = kept?.ok === true && kept.resource?.resourceType === 'Provenance';
  return {
    action: action.id,
    label:
      aiLabel === undefined
        ? 'not-asked'
        : listed(after.resource?.meta?.security).some(({ system, code }) => system === labelSystem && code === aiLabel)
          ? 'kept'
          : 'dropped',
    author: authorOf(after.resource),
    provenance: {
      status: answer?.status ?? null,
      stored,
      author: stored ? agentOf(kept.resource) : 'nobody',
      sources: sent.entity?.length ?? 0,
      sourcesKept: stored ? sourcesKept(sent, kept.resource) : 0,
    },
    controlsHeld: before.ok && after.ok,
  };
}

/** The author is a device, named by the run's identifier; the sources are those the contract lists. */
async function provenanceOf(
  made: Resource,
  filled: FilledBody,
  { contract, cases, now }: ProbeTools,
  security: readonly { readonly system: string; readonly code: string }[],
): Promise<Provenance> {
  const sources = (contract.audit?.provenance?.sources ?? []).flatMap((id) => {
    const type = contract.resources?.find((resource) => resource.id === id)?.type;
    return type === undefined ? [] : [{ id, type }];
  });
  const values = await cases.values(
    filled.patient,
    sources.map(({ id }) => `${id}.id`),
  );
  return {
    resourceType: 'Provenance',
    ...(security.length === 0 ? {} : { meta: { security: [...security] } }),
    target: [{ reference: `${made.resourceType}/${made.id ?? ''}` }],
    recorded: now().toISOString(),
    agent: [
      {
        type: { coding: [{ system: participantType, code: 'author' }] },
        who: { type: 'Device', display: 'AI system (integration test)' },
      },
    ],
    ...(sources.length === 0
      ? {}
      : {
          entity: sources.map(({ id, type }) => ({
            role: 'source' as const,
            what: { reference: `${type}/${values.get(`${id}.id`) ?? ''}` },
          })),
        }),
  };
}

const isClinician = (reference: unknown): boolean => /^Practitioner(Role)?\//.test(localReference(reference) ?? '');

/** Elements of R4 that name who wrote a resource. */
const authorElements = ['author', 'authenticator', 'requester', 'recorder', 'asserter'] as const;

function authorOf(resource: Resource | undefined): Author {
  const elements = resource as Readonly<Record<string, unknown>> | undefined;
  const named = authorElements
    .flatMap((element) => [elements?.[element]].flat())
    .filter((each) => typeof each === 'object' && each !== null) as { readonly reference?: unknown }[];
  if (named.some(({ reference }) => isClinician(reference))) return 'clinician';
  return named.length === 0 ? 'nobody' : 'device';
}

const listed = (value: unknown): Readonly<Record<string, unknown>>[] =>
  (Array.isArray(value) ? value : []).filter(
    (each): each is Record<string, unknown> => typeof each === 'object' && each !== null,
  );
const partOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[name] : undefined;

function agentOf(provenance: unknown): Author {
  const authors = listed(partOf(provenance, 'agent'))
    .filter(({ type }) => listed(partOf(type, 'coding')).some(({ code }) => code === 'author'))
    .map(({ who }) => ({ reference: partOf(who, 'reference'), type: partOf(who, 'type') }));
  if (authors.some(({ reference, type }) => isClinician(reference) || type === 'Practitioner')) return 'clinician';
  return authors.some(
    ({ reference, type }) => type === 'Device' || localReference(reference)?.startsWith('Device/') === true,
  )
    ? 'device'
    : 'nobody';
}

function sourcesKept(sent: Provenance, kept: unknown): number {
  const there = new Set(listed(partOf(kept, 'entity')).map(({ what }) => localReference(partOf(what, 'reference'))));
  return (sent.entity ?? []).filter(({ what }) => there.has(localReference(what.reference))).length;
}
