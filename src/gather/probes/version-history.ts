import type { Bundle, BundleEntry, Resource } from 'fhir/r4.js';
import { contentSha256 } from '../../fhir/content.js';
import { createsThroughFhir, speaksFhir, updatesThroughInterface } from '../../model/actions.js';
import type { FactValue } from '../../model/fact.js';
import type { Subject } from '../../model/subject.js';
import { createdObjectTemplates, storedObject } from '../created-object.js';
import { readOrThrow } from '../object-change.js';
import { defineProbe, type Client, type ProbeTools, type RunDocuments } from '../probe.js';
import { ExchangeFault, type Answer } from '../request.js';
import { creatingAction } from '../test-objects.js';
import { etagOf } from '../writer.js';

/** With the version it was created in. */
const changes = 2;
const mostEntries = 200;

/** What can be read of earlier versions, after an object was changed twice. Once for every type of object. */
export default defineProbe({
  id: 'version-history',
  phase: 'write',
  subjects: 'action',
  when: ({ item: { action, path } }) =>
    updatesThroughInterface(action, path?.via) && speaksFhir(action, path?.via) && action.resource !== undefined,
  needs: ['ai'],
  writes: 'one',
  brings: ['version-history'],
  sends: (subject, documents) => {
    const creating = creatingSubject(subject, documents);
    const path = `${subject.item.action.resource ?? ''}/{id}`;
    if (creating === undefined) return [];
    return [
      ...createdObjectTemplates(creating, documents),
      { context: 'ai', method: 'GET', path, most: 2 + changes },
      { context: 'ai', method: 'PATCH', path, most: changes, mutates: true },
      { context: 'ai', method: 'PUT', path, most: changes, mutates: true },
      { context: 'ai', method: 'GET', path: `${path}/_history`, most: 1 },
      { context: 'ai', method: 'GET', path: `${path}/_history/{id}`, most: 1 },
    ];
  },
  async run(subject, tools) {
    const creating = creatingSubject(subject, tools);
    if (creating === undefined) {
      throw new ExchangeFault('no-test-object', 'no action of the contract creates such an object', undefined);
    }
    const { value, exchanges } = await tools.once(`history:${subject.item.action.resource}`, () =>
      look(creating, tools, tools.clients.ai),
    );
    tools.cite(exchanges);
    return { 'version-history': value };
  },
});

function creatingSubject(
  { item }: Subject<'action'>,
  { contract, subjects }: Pick<RunDocuments, 'contract' | 'subjects'>,
): Subject<'action'> | undefined {
  const creating = creatingAction(contract, item.action);
  return subjects.find(
    (each): each is Subject<'action'> =>
      each.kind === 'action' &&
      each.item.action.id === creating?.id &&
      createsThroughFhir(each.item.action, each.item.path?.via),
  );
}

async function look(
  creating: Subject<'action'>,
  tools: ProbeTools,
  ai: Client,
): Promise<{ readonly value: FactValue<'version-history'>; readonly exchanges: readonly string[] }> {
  const { stored } = await storedObject(creating, tools);
  const before = await readOrThrow(ai, stored);
  const versions = [before];
  for (let change = 1; change <= changes; change++) {
    versions.push(await nextVersion(ai, versions.at(-1) ?? before, change));
  }
  const path = `${before.resourceType}/${before.id ?? ''}`;
  const history = await ai.send({ method: 'GET', path: `${path}/_history` });
  const versionId = before.meta?.versionId;
  const version =
    versionId === undefined || !/^[A-Za-z0-9.-]{1,64}$/.test(versionId)
      ? undefined
      : await ai.send({ method: 'GET', path: `${path}/_history/${versionId}` });
  const entries = entriesOf(history);
  const order = entries.map((entry) => versions.findIndex((each) => isVersion(entry, each))).filter((at) => at >= 0);
  const own = entries.filter((entry) => versions.some((each) => isVersion(entry, each)));
  return {
    exchanges: [history.exchange, ...(version === undefined ? [] : [version.exchange])],
    value: {
      status: history.status,
      made: versions.length,
      listed: new Set(order).size,
      withContent: own.filter(({ resource }) => resource !== undefined).length,
      newestFirst: order.every((at, index) => index === 0 || at <= (order[index - 1] ?? at)),
      withTimes: own.every(
        ({ resource, response }) => (response?.lastModified ?? resource?.meta?.lastUpdated) !== undefined,
      ),
      ...(version === undefined ? {} : { versionStatus: version.status }),
      beforeByVersion:
        version?.ok === true &&
        version.resource?.resourceType === before.resourceType &&
        contentSha256(version.resource) === contentSha256(before),
      controlsHeld: history.ok || (await ai.read(before.resourceType, before.id ?? '')).ok,
    },
  };
}

/** The object after a change that moves no work list: a word more in our own text. */
async function nextVersion(ai: Client, before: Resource, change: number): Promise<Resource> {
  const { resourceType, id = '' } = before;
  const { meta: _meta, ...content } = before as Resource & { description?: unknown };
  const { description } = content;
  const [element, value] =
    typeof description === 'string' ? ['description', `${description} (${change})`] : ['language', 'en'];
  const base = { resourceType, objectId: id, basedOn: before, ifMatch: etagOf(before) ?? null } as const;
  const patched = await ai.write({
    ...base,
    method: 'PATCH',
    body: [{ op: element in content ? 'replace' : 'add', path: `/${element}`, value }],
  });
  const answer = patched.ok
    ? patched
    : await ai.write({ ...base, method: 'PUT', body: { ...content, [element]: value } });
  if (!answer.ok) {
    throw new ExchangeFault(
      'prerequisite-failed',
      `a test ${resourceType} could not be changed (${answer.status})`,
      answer.exchange,
    );
  }
  const { resource } = answer;
  return resource?.resourceType === resourceType && resource.meta?.versionId !== undefined
    ? resource
    : readOrThrow(ai, before);
}

function entriesOf(answer: Answer): BundleEntry[] {
  if (!answer.ok || answer.resource?.resourceType !== 'Bundle') return [];
  const { type, entry } = answer.resource as Bundle;
  return type === 'history' && Array.isArray(entry) ? entry.slice(0, mostEntries) : [];
}

/** By the version id in the resource or the ETag; where the server names no versions, by the content. */
function isVersion({ resource, response }: BundleEntry, version: Resource): boolean {
  const { versionId } = version.meta ?? {};
  if (versionId === undefined) return resource !== undefined && contentSha256(resource) === contentSha256(version);
  const etag = /^(?:W\/)?"([^"]*)"$/.exec(response?.etag ?? '')?.[1];
  return (resource?.meta?.versionId ?? etag) === versionId;
}
