import { readSearchset } from '../../fhir/bundle.js';
import { lettersAllowed, lettersWithout } from '../../fhir/scopes.js';
import type { FactValue } from '../../model/fact.js';
import { missing, type Missing } from '../../model/fact.js';
import type { PermissionCell } from '../../model/subject.js';
import { knownObjects, knownObjectTemplates, type KnownObject } from '../known-objects.js';
import { defineProbe, type Client, type ProbeTools } from '../probe.js';
import type { RequestTemplate } from '../request.js';
import { cellId, denied, roleClient, roleContexts } from '../role-contexts.js';
import { seenOf, seenOfRead } from '../seen.js';

type Reading = FactValue<'cell-reading'>;
type Tried = NonNullable<Reading['allowed']>;

/** One allowed and one forbidden reading for each role and type of the matrix, with the context of that role. */
export default defineProbe({
  id: 'cell-reading',
  phase: 'read',
  subjects: 'run',
  when: (_subject, documents) => roleContexts(documents).length > 0,
  needs: ['ai'],
  writes: 'none',
  brings: ['cell-reading'],
  sends: (_subject, documents) => [
    ...knownObjectTemplates(documents),
    ...roleContexts(documents).flatMap(({ session, cells }): RequestTemplate[] =>
      session === undefined
        ? []
        : cells.flatMap((cell) => [
            ...readingTemplates(session, cell.resourceType, cell.allow, 3),
            ...readingTemplates(session, cell.resourceType, denied(cell), 1),
          ]),
    ),
  ],
  async run(_subject, tools) {
    const about: Record<string, Reading | Missing> = {};
    const objects = tools.environmentClass === 'production' ? undefined : await knownObjects(tools);
    for (const role of roleContexts(tools)) {
      const client = roleClient(role, tools);
      const absent =
        objects === undefined
          ? missing('tool-limited', 'production is never tested negatively')
          : client === undefined
            ? missing('no-credential', `no context of role ${role.role} can sign in`)
            : (await client.signedIn()).usableToken
              ? undefined
              : missing('prerequisite-failed', `the sign-in for role ${role.role} was refused`);
      const readings =
        absent === undefined
          ? await readingsOf(role.cells, client!, objects!, tools)
          : new Map<PermissionCell, Reading>();
      for (const cell of role.cells) {
        about[cellId(cell)] =
          readings.get(cell) ?? absent ?? missing('no-test-object', 'no object of this type is known');
      }
    }
    return { 'cell-reading': { about } };
  },
});

function readingTemplates(context: string, resourceType: string, letters: string, most: number): RequestTemplate[] {
  if (letters.includes('r')) return [{ context, method: 'GET', path: `${resourceType}/{id}`, most }];
  return letters.includes('s') ? [{ context, method: 'POST', path: `${resourceType}/_search?_id`, most }] : [];
}

async function readingsOf(
  cells: readonly PermissionCell[],
  client: Client,
  objects: ReadonlyMap<string, KnownObject>,
  { cite }: Pick<ProbeTools, 'cite'>,
): Promise<Map<PermissionCell, Reading>> {
  const allowed = new Map<PermissionCell, Tried>();
  const forbidden = new Map<PermissionCell, Tried>();
  const tryAllowed = async (cell: PermissionCell): Promise<void> => {
    const known = objects.get(cell.resourceType);
    // What the AI system's own session was given in this run already is no question any more.
    if (client.context === 'ai' && known !== undefined && cell.allow.includes(known.letter)) {
      cite([known.exchange]);
      allowed.set(cell, { letter: known.letter, status: 200, seen: 'data' });
      return;
    }
    const tried = await attempt(client, cell.resourceType, cell.allow, objects);
    if (tried !== undefined) allowed.set(cell, tried);
  };
  const anchorOf = (): PermissionCell | undefined => [...allowed].find(([, tried]) => tried.seen === 'data')?.[0];
  const given = async (): Promise<boolean> => {
    const anchor = anchorOf();
    return (
      anchor !== undefined &&
      client.allowed(async () => (await attempt(client, anchor.resourceType, anchor.allow, objects))?.seen === 'data')
    );
  };
  // One of several is kept for afterwards, where it is a control as well; not the only one that brings anything.
  const last = cells.at(-1);
  for (const cell of cells) if (cell !== last) await tryAllowed(cell);
  const kept = anchorOf() === undefined ? undefined : last;
  if (last !== undefined && kept === undefined) await tryAllowed(last);
  const allowedBefore = await given();
  for (const cell of cells) {
    const tried = await attempt(client, cell.resourceType, denied(cell), objects);
    if (tried !== undefined) forbidden.set(cell, tried);
  }
  if (kept !== undefined) await tryAllowed(kept);
  const allowedAfter = await given();
  return new Map(
    cells
      .filter((cell) => allowed.has(cell) || forbidden.has(cell))
      .map((cell) => {
        const notTried = lettersWithout(denied(cell), forbidden.get(cell)?.letter ?? '');
        const held = lettersAllowed(client.grantedScopes, cell.resourceType);
        return [
          cell,
          {
            allowed: allowed.get(cell) ?? null,
            forbidden: forbidden.get(cell) ?? null,
            allowedBefore,
            allowedAfter,
            notTried,
            grantedAllTheSame: lettersWithout(notTried, lettersWithout('cruds', held)),
          },
        ];
      }),
  );
}

/** Reads the known object of the type, or searches for it by its id where reading is not among the letters. */
async function attempt(
  client: Client,
  resourceType: string,
  letters: string,
  objects: ReadonlyMap<string, KnownObject>,
): Promise<Tried | undefined> {
  const id = objects.get(resourceType)?.id;
  if (id === undefined) return undefined;
  if (letters.includes('r')) {
    const answer = await client.read(resourceType, id);
    return { letter: 'r', status: answer.status, seen: seenOfRead(answer, resourceType) };
  }
  if (!letters.includes('s')) return undefined;
  const { status, resource } = await client.search(resourceType, [['_id', id]]);
  const page = readSearchset(resource);
  const found =
    page === 'too-many' ||
    page?.matches.some((match) => match.resourceType === resourceType && match.id === id) === true;
  return { letter: 's', status, seen: seenOf(status, found) };
}
