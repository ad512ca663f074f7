import { readSearchset } from '../../fhir/bundle.js';
import { missing, type FactValue, type Missing } from '../../model/fact.js';
import type { PermissionCell } from '../../model/subject.js';
import { knownObjects, knownObjectTemplates, type KnownObject } from '../known-objects.js';
import { defineProbe, type Client, type ProbeTools, type RunDocuments } from '../probe.js';
import type { RequestTemplate } from '../request.js';
import { cellId, roleClient, roleContexts, type RoleContext } from '../role-contexts.js';
import { seenOf, seenOfRead } from '../seen.js';
import { objectElsewhere, siteObjectTemplates } from '../site-objects.js';

type Reading = FactValue<'site-reading'>;
type Trial = Reading['trials'][number];

/** Cells the contract limits to sites, by role. */
const limitedRoles = (documents: Pick<RunDocuments, 'contract' | 'organization' | 'environmentId'>): RoleContext[] =>
  roleContexts(documents)
    .map((role) => ({ ...role, cells: role.cells.filter(({ sites, allow }) => sites !== 'any' && /[rs]/.test(allow)) }))
    .filter(({ cells }) => cells.length > 0);

const sitesAllowed = ({ sites }: PermissionCell, own: string): string[] =>
  sites === 'any' ? [] : [...new Set(sites.map((site) => (site === 'own' ? own : site)))].sort();

/** The product is tried by reading and by searching; people are tried once. */
const lettersTried = ({ allow, product }: PermissionCell): ('r' | 's')[] => {
  const letters = (['r', 's'] as const).filter((letter) => allow.includes(letter));
  return product ? letters : letters.slice(0, 1);
};

/** Objects of another site, with the context of a role that is limited to its own; each is shown to exist by another context. */
export default defineProbe({
  id: 'site-reading',
  phase: 'read',
  subjects: 'run',
  when: (_subject, documents) => limitedRoles(documents).length > 0,
  needs: [],
  writes: 'none',
  // Nothing is sent there: that an organization has one site only is seen in its file.
  inProduction: true,
  brings: ['site-reading'],
  sends(_subject, documents) {
    if (documents.environmentClass === 'production') return [];
    return [
      ...knownObjectTemplates(documents),
      ...limitedRoles(documents).flatMap(({ session, site, cells }): RequestTemplate[] =>
        session === undefined || site === undefined
          ? []
          : [
              ...cells.flatMap((cell) => siteObjectTemplates(documents, sitesAllowed(cell, site), [cell.resourceType])),
              ...cells.flatMap((cell) =>
                lettersTried(cell).map((letter) => reading(session, cell.resourceType, letter, 1)),
              ),
              // Something of its own site, before and after.
              ...cells.map((cell) => reading(session, cell.resourceType, cell.allow.includes('r') ? 'r' : 's', 2)),
            ],
      ),
    ];
  },
  async run(_subject, tools) {
    const about: Record<string, Reading | Missing> = {};
    for (const role of limitedRoles(tools)) {
      const found = await readingsOf(role, tools);
      for (const cell of role.cells) {
        const one = found instanceof Map ? found.get(cell) : found;
        about[cellId(cell)] =
          one ?? missing('no-test-object', 'no context has shown an object of this type at another site');
      }
    }
    return { 'site-reading': { about } };
  },
});

const reading = (context: string, type: string, letter: 'r' | 's', most: number): RequestTemplate =>
  letter === 'r'
    ? { context, method: 'GET', path: `${type}/{id}`, most }
    : { context, method: 'POST', path: `${type}/_search?_id`, most };

/** By cell, where an object of its type is known at another site; or the same for every cell of the role. */
async function readingsOf(
  role: RoleContext,
  tools: ProbeTools,
): Promise<ReadonlyMap<PermissionCell, Reading> | Reading | Missing> {
  const { site, cells } = role;
  const sites = tools.organization.sites?.length;
  if (sites === undefined) return missing('undecided', 'the organization file lists no sites');
  if (sites < 2) return { sites, ownSite: site ?? '', trials: [], allowedBefore: true, allowedAfter: true };
  if (tools.environmentClass === 'production') return missing('tool-limited', 'production is never tested negatively');
  const client = roleClient(role, tools);
  if (client === undefined) return missing('no-credential', `no context of role ${role.role} can sign in`);
  if (site === undefined) return missing('no-second-context', `no context of role ${role.role} belongs to one site`);
  if (!(await client.signedIn()).usableToken)
    return missing('prerequisite-failed', `the sign-in for role ${role.role} was refused`);
  const objects = await knownObjects(tools);
  const targets = new Map<PermissionCell, { readonly id: string; readonly site: string }>();
  for (const cell of cells) {
    const target = await objectElsewhere(tools, sitesAllowed(cell, site), cell.resourceType);
    if (target !== undefined) targets.set(cell, target);
  }
  const given = (): Promise<boolean> => client.allowed(() => givenOne(client, cells, objects));
  const allowedBefore = await given();
  const trials = new Map<PermissionCell, Trial[]>();
  for (const [cell, target] of targets) {
    const tried: Trial[] = [];
    for (const letter of lettersTried(cell)) {
      tried.push({ letter, site: target.site, ...(await attempt(client, cell.resourceType, letter, target.id)) });
    }
    trials.set(cell, tried);
  }
  const controls = { allowedBefore, allowedAfter: await given() };
  return new Map([...trials].map(([cell, tried]) => [cell, { sites, ownSite: site, trials: tried, ...controls }]));
}

/** Whether the session is given any object of its own site. */
async function givenOne(
  client: Client,
  cells: readonly PermissionCell[],
  objects: ReadonlyMap<string, KnownObject>,
): Promise<boolean> {
  for (const { resourceType: type, allow } of cells) {
    const id = objects.get(type)?.id;
    const letter = allow.includes('r') ? 'r' : 's';
    if (id !== undefined && (await attempt(client, type, letter, id)).seen === 'data') return true;
  }
  return false;
}

async function attempt(
  client: Client,
  type: string,
  letter: 'r' | 's',
  id: string,
): Promise<Pick<Trial, 'status' | 'seen'>> {
  if (letter === 'r') {
    const answer = await client.read(type, id);
    return { status: answer.status, seen: seenOfRead(answer, type) };
  }
  const { status, resource } = await client.search(type, [['_id', id]]);
  const page = readSearchset(resource);
  const found =
    page === 'too-many' || page?.matches.some((match) => match.resourceType === type && match.id === id) === true;
  return { status, seen: seenOf(status, found) };
}
