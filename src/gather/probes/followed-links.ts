import type { Attachment, Binary, DomainResource, Resource } from 'fhir/r4.js';
import { objectsIn } from '../../fhir/list.js';
import { localReference } from '../../fhir/reference.js';
import type { ContractResource } from '../../model/documents/contract.js';
import { fieldsOf } from '../../model/documents/normalise.js';
import { missing, type FactValue } from '../../model/fact.js';
import { usable, type StatedContent } from '../attachment-content.js';
import { compileFields, type FieldReading } from '../field-paths.js';
import { defineProbe, type ProbeTools } from '../probe.js';
import { ExchangeFault, type Answer } from '../request.js';
import { resourcesWanted } from './field-presence.js';

type FollowedField = FactValue<'followed-links'>['fields'][number];
type End = 'opened' | 'contained' | 'broken' | 'unusable' | 'otherLogin' | 'elsewhere';

/** 0 broken of 14 shows a share below 20 % (one-sided 95 %). */
const linksFollowed = 14;

const followed = (item: ContractResource) =>
  fieldsOf(item).flatMap(({ path, follow }) => (follow === undefined ? [] : [{ path, follow }]));

/** Opens what the contract's fields point to, in the records of test patients, below the FHIR base and nowhere else. */
export default defineProbe({
  id: 'followed-links',
  phase: 'read',
  subjects: 'resource',
  when: ({ item }) => item.find !== undefined && followed(item).length > 0,
  needs: ['ai'],
  writes: 'none',
  brings: ['followed-links'],
  sends: ({ item }) => [
    { context: 'ai', method: 'GET', path: '{type}/{id}', most: linksFollowed * followed(item).length },
  ],
  async run({ item }, tools) {
    const { cases, cite } = tools;
    const found = await cases.collect(item, resourcesWanted);
    cite(found.exchanges);
    if (found.resources.length === 0)
      return { 'followed-links': missing('no-test-object', `no test patient has a ${item.type}`) };
    const wanted = followed(item);
    const readings = await compileFields(wanted.map(({ path }) => path));
    const fields: FollowedField[] = [];
    for (const { path, follow } of wanted) {
      const read = readings.get(path);
      // A path that does not compile is judged where the contract is.
      if (read === undefined) continue;
      const links = linksIn(found.resources, read, follow);
      const ends: End[] = [];
      for (const link of links) ends.push(await link.open(tools));
      const count = (...which: End[]): number => ends.filter((end) => which.includes(end)).length;
      fields.push({
        path,
        follow,
        records: found.resources.length,
        links: links.length,
        opened: count('opened', 'contained'),
        contained: count('contained'),
        broken: count('broken'),
        unusable: count('unusable'),
        otherLogin: count('otherLogin'),
        elsewhere: count('elsewhere'),
      });
    }
    if (fields.length === 0) return { 'followed-links': missing('prerequisite-failed', 'no path to follow compiles') };
    return { 'followed-links': { fields } };
  },
});

interface Link {
  /** Equal for links to the same place. */
  readonly key: string;
  readonly open: (tools: ProbeTools) => Promise<End>;
}

function linksIn(
  resources: readonly Resource[],
  read: (resource: Resource) => FieldReading,
  follow: FollowedField['follow'],
): Link[] {
  const links = new Map<string, Link>();
  for (const resource of resources) {
    for (const [index, value] of read(resource).values.entries()) {
      const inside = `${resource.resourceType}/${resource.id}#${index}`;
      const link = follow === 'reference' ? referenceLink(value, resource, inside) : attachmentLink(value, inside);
      // A person is only read when listed as a test patient, and those were read before.
      if (!leadsToPatient.test(link.key) && !links.has(link.key)) links.set(link.key, link);
    }
  }
  return [...links.values()].slice(0, linksFollowed);
}

const leadsToPatient = /(^|\/)Patient\/[^/]+$/;

const settled = (key: string, end: End): Link => ({ key, open: () => Promise.resolve(end) });

/** A Reference, or the text in it. */
function referenceLink(value: unknown, holder: Resource, inside: string): Link {
  const reference = typeof value === 'string' ? value : partOf(value, 'reference');
  if (typeof reference !== 'string') return settled(inside, 'broken');
  if (reference.startsWith('#')) {
    const { contained } = holder as Partial<DomainResource>;
    const held = objectsIn(contained).some(({ id }) => `#${id}` === reference);
    return settled(inside, held ? 'contained' : 'broken');
  }
  return {
    key: reference,
    async open(tools) {
      const target = ownTarget(reference, tools);
      if (target === undefined) return 'elsewhere';
      const answer = await opened(tools, target);
      return answer?.ok === true && `${answer.resource?.resourceType}/${answer.resource?.id}` === target
        ? 'opened'
        : 'broken';
    },
  };
}

/** An Attachment, or the address in it. */
function attachmentLink(value: unknown, inside: string): Link {
  const attachment: Partial<Attachment> = typeof value === 'string' ? { url: value } : isObject(value) ? value : {};
  const { contentType, size, data, url } = attachment;
  const stated: StatedContent = {
    contentType: typeof contentType === 'string' ? contentType : undefined,
    size: typeof size === 'number' ? size : undefined,
  };
  if (typeof data === 'string') {
    const whole = usable(Buffer.from(data, 'base64'), stated.contentType ?? 'application/octet-stream', stated);
    return settled(inside, whole ? 'opened' : 'unusable');
  }
  if (typeof url !== 'string') return settled(inside, 'broken');
  return {
    key: url,
    async open(tools) {
      const target = ownTarget(url, tools);
      if (target === undefined) return 'elsewhere';
      const answer = await opened(tools, target, stated.contentType);
      if (answer === undefined) return 'broken';
      // The document was read with this client; a page or a redirect is the sign-in of somewhere else.
      if ([401, 403].includes(answer.status) || (answer.status >= 300 && answer.status < 400)) return 'otherLogin';
      if (!answer.ok) return 'broken';
      const isPage = /text\/html/.test(answer.headers['content-type'] ?? '') && !/html/.test(stated.contentType ?? '');
      if (isPage) return 'otherLogin';
      const { bytes, type } = contentOf(answer);
      return usable(bytes, type, stated) ? 'opened' : 'unusable';
    },
  };
}

/** `Type/id` below the FHIR base; undefined for every other address. */
function ownTarget(link: string, { environment }: ProbeTools): string | undefined {
  const base = `${environment.fhirBase.replace(/\/$/, '')}/`;
  const relative = link.startsWith(base) ? link.slice(base.length) : link;
  return /^[A-Z][A-Za-z]{1,40}\/[A-Za-z0-9.-]{1,64}(\/_history\/[A-Za-z0-9.-]{1,64})?$/.test(relative)
    ? localReference(relative)
    : undefined;
}

/** Undefined where nothing usable came back. */
async function opened({ clients }: ProbeTools, target: string, accept?: string): Promise<Answer | undefined> {
  try {
    return await clients.ai.send({
      method: 'GET',
      path: target,
      redirects: 'returned',
      ...(accept === undefined ? {} : { headers: { accept: `${accept}, */*;q=0.5` } }),
    });
  } catch (error) {
    if (error instanceof ExchangeFault && ['too-large', 'truncated', 'not-fhir'].includes(error.reason))
      return undefined;
    throw error;
  }
}

/** The bytes themselves, or those of the Binary around them (https://hl7.org/fhir/R4/binary.html#rest). */
function contentOf({ resource, body, headers }: Answer): { readonly bytes: Uint8Array; readonly type: string } {
  if (resource?.resourceType !== 'Binary') return { bytes: body, type: headers['content-type'] ?? '' };
  const { contentType, data } = resource as Partial<Binary>;
  return {
    bytes: Buffer.from(typeof data === 'string' ? data : '', 'base64'),
    type: typeof contentType === 'string' ? contentType : '',
  };
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

const partOf = (value: unknown, name: string): unknown => (isObject(value) ? value[name] : undefined);
