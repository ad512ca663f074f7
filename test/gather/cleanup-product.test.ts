import type { Appointment, Resource } from 'fhir/r4.js';
import { expect, it } from 'vitest';
import { contentSha256 } from '../../src/fhir/content.js';
import { cleanUp } from '../../src/gather/cleanup.js';
import type { ForeignObject, Intent, Journal, JournalEntry, Settled } from '../../src/gather/journal.js';
import type { Answer, OutgoingRequest } from '../../src/gather/request.js';
import type { Session } from '../../src/gather/session.js';
import type { Change, Writer } from '../../src/gather/writer.js';

const system = 'https://lakeside.example/test-object';
const at = '2026-11-20T08:00:00.000Z';
const visit = (id: string, more: Partial<Appointment> = {}): Appointment => ({
  resourceType: 'Appointment',
  id,
  status: 'booked',
  meta: { versionId: '1' },
  participant: [{ actor: { reference: 'Patient/p1' }, status: 'accepted' }],
  ...more,
});
const of = (identifier: string) => ({ identifier: [{ system, value: identifier }] });
const told = (id: string, identifier: string): Intent => ({
  type: 'intent',
  id,
  at,
  context: 'ai-system',
  binding: 'bot',
  method: 'POST',
  resourceType: 'Appointment',
  identifier,
  probe: 'product-repeats',
  subject: 'action:book',
  bodySha256: '00',
  undo: 'object',
});
const foreign = (seen: Resource): ForeignObject => ({
  type: 'foreign',
  at,
  binding: 'bot',
  resourceType: seen.resourceType,
  objectId: seen.id ?? '',
  action: 'book',
  contentSha256: contentSha256(seen),
});

/** The EHR as a crashed run left it, and a cleanup with nothing but the journal. */
async function cleaned(entries: readonly JournalEntry[], stored: Appointment[]) {
  const settled: Settled[] = [];
  const searches: string[] = [];
  const ok = (resource: Resource | undefined, status = 200) =>
    ({ ok: status < 300, status, resource, headers: {}, exchange: 'x1' }) as unknown as Answer;
  const find = (id: string | undefined) => stored.find((each) => each.id === id);
  const session = {
    context: 'ai',
    binding: { id: 'bot' },
    grantedScopes: ['system/Appointment.crus'],
    send(_: unknown, { method, path, form = [] }: OutgoingRequest) {
      if (method === 'GET') {
        const one = find(path.split('/')[1]);
        return Promise.resolve(ok(one, one === undefined ? 404 : 200));
      }
      const [name, value] = form[0] ?? ['', ''];
      searches.push(name);
      const wanted = value.split(',');
      const matches = stored.filter(({ id, identifier }) =>
        name === '_id'
          ? wanted.includes(id ?? '')
          : identifier?.some((each) => wanted.includes(`${each.system}|${each.value}`)),
      );
      const entry = matches.map((resource) => ({ resource }));
      return Promise.resolve(ok({ resourceType: 'Bundle', type: 'searchset', entry } as Resource));
    },
  } as unknown as Session;
  const writer = {
    strays: [],
    write(_session: unknown, _scope: unknown, { objectId }: Change) {
      const one = find(objectId);
      if (one !== undefined) one.status = 'cancelled';
      return Promise.resolve(ok(one));
    },
  } as unknown as Writer;
  const result = await cleanUp({
    entries,
    journal: { record: (line: Settled) => Promise.resolve(settled.push(line)) } as unknown as Journal,
    writer,
    organization: {
      apiVersion: 'ehr-scorecard/v1',
      kind: 'OrganizationProfile',
      metadata: { id: 'lakeside' },
      writePolicy: { identifierSystem: system, cleanup: 'cancel' },
    },
    runId: 'run',
    sessions: [session],
    now: () => new Date(at),
  });
  const how = Object.fromEntries(settled.map(({ objectId, how: end }) => [objectId, end]));
  return { ...result, how, searches, states: Object.fromEntries(stored.map(({ id, status }) => [id, status])) };
}

it('rule 19: what the AI system made without our identifier is taken back as it was seen', async () => {
  const made = visit('a');
  const { residue, undone, states } = await cleaned([foreign(made)], [{ ...made, meta: { versionId: '4' } }]);
  expect([residue, undone, states]).toEqual([[], 1, { a: 'cancelled' }]);
});

it('rule 20: what somebody has changed since is left alone and listed', async () => {
  const made = visit('a');
  const { residue, undone, states } = await cleaned([foreign(made)], [{ ...made, comment: 'the patient called' }]);
  expect(residue).toEqual([{ resourceType: 'Appointment', id: 'a', reason: 'changed-by-others' }]);
  expect([undone, states]).toEqual([0, { a: 'booked' }]);
});

it('two events of one identifier that were never answered: both visits are found by one search', async () => {
  const { residue, undone, states, searches } = await cleaned(
    [told('w1', 'run-1'), told('w2', 'run-1')],
    [visit('a', of('run-1')), visit('b', of('run-1')), visit('c', of('run-9')), visit('d')],
  );
  expect(residue).toEqual([]);
  expect(undone).toBe(2);
  expect(states).toEqual({ a: 'cancelled', b: 'cancelled', c: 'booked', d: 'booked' });
  expect(searches.filter((name) => name === 'identifier')).toHaveLength(1);
});

it('the living visit of an identifier comes before those that are cancelled already', async () => {
  const { undone, states } = await cleaned(
    [told('w1', 'run-1')],
    [visit('a', { ...of('run-1'), status: 'cancelled' }), visit('b', of('run-1'))],
  );
  expect([undone, states]).toEqual([1, { a: 'cancelled', b: 'cancelled' }]);
});

it('an event that led to nothing leaves nothing to do', async () => {
  const { residue, undone, how } = await cleaned([told('w1', 'run-1'), told('w2', 'run-2')], [visit('c')]);
  expect([residue, undone, how]).toEqual([[], 0, {}]);
});

it.each([1, 2])('rule 20: more visits than the %d events told are more than can be ours', async (events) => {
  const { residue, undone } = await cleaned(
    Array.from({ length: events }, (_, n) => told(`w${n + 1}`, 'run-1')),
    ['a', 'b', 'c'].map((id) => visit(id, of('run-1'))),
  );
  expect(undone).toBe(events);
  expect(residue).toHaveLength(3 - events);
  expect(new Set(residue.map(({ reason }) => reason))).toEqual(new Set(['not-provably-ours']));
});

it('one visit for two events, where the second is looked for alone', async () => {
  const made: JournalEntry[] = [
    told('w1', 'run-1'),
    {
      type: 'outcome',
      id: 'w1',
      at,
      status: 200,
      objectId: 'a',
      contentSha256: contentSha256(visit('a', of('run-1'))),
    },
    told('w2', 'run-1'),
  ];
  const { residue, undone, states } = await cleaned(made, [visit('a', of('run-1'))]);
  expect([residue, undone, states]).toEqual([[], 1, { a: 'cancelled' }]);
});
