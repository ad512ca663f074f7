import { describe, expect, it } from 'vitest';
import { trial, type TrialOptions } from '../support/trial.js';

const checks = [
  'write.create',
  'write.update-patch',
  'write.draft-state',
  'write.idempotent-retry',
  'rollback.compensate',
];
type Change = NonNullable<TrialOptions['change']>;

const actionOf = (contract: Record<string, unknown>, id: string): Record<string, unknown> => {
  const found = (contract['actions'] as Record<string, unknown>[]).find((action) => action['id'] === id);
  if (found === undefined) throw new Error(`no action ${id}`);
  return found;
};
const run = async (change?: Change, options: TrialOptions = {}) => {
  const done = await trial({ checks, ...options, ...(change && { change }) });
  expect(done.events.filter(({ event }) => event === 'probe-error')).toEqual([]);
  expect(done.end.residue).toEqual([]);
  expect(done.after).toBe(done.before);
  // What the documents alone say comes first; what was measured afterwards counts.
  const fact = (kind: string, subject: string): unknown =>
    done.facts.findLast((each) => each.kind === kind && each.subject === subject)?.value;
  return { ...done, fact };
};

describe('the contract’s actions', () => {
  it('rule 12: at tier one each action creates one object, and its undo at most another', async () => {
    const { exchanges, outcome, results } = await run(undefined, { writes: 'one' });
    const creates = exchanges.filter(
      ({ method, path, status }) => `${method} ${path} ${status}` === 'POST Appointment 201',
    );
    expect(creates.map(({ subject }) => subject)).toEqual(['action:book', 'action:cancel', 'action:cancel']);
    expect(checks.slice(0, 2).map(outcome)).toEqual(['pass', 'pass']);
    expect(outcome('rollback.compensate')).toBe('pass');
    const retry = results.get('write.idempotent-retry')?.judgements.find(({ subject }) => subject === 'action:book');
    expect(retry?.reason).toBe('writes-off');
  });

  it('the organization’s own path is taken', async () => {
    const { fact, exchanges } = await run(({ organization }) => {
      organization['paths'] = {
        book: {
          do: { method: 'POST', url: 'Appointment', body: { comment: 'through the own path' } },
          readBack: { method: 'GET', url: 'Appointment?_id={{created.id}}' },
          find: { method: 'GET', url: 'Appointment?patient={{caller.id}}&date=ge{{slot.start}}' },
          undo: {
            method: 'PATCH',
            url: 'Appointment/{{created.id}}',
            body: [
              { op: 'test', path: '/status', value: 'booked' },
              { op: 'replace', path: '/status', value: 'cancelled' },
            ],
          },
        },
      };
    });
    expect(fact('create-outcome', 'action:book')).toMatchObject({ status: 201, foundBy: 'answer', dropped: [] });
    expect(fact('undo-outcome', 'action:book')).toMatchObject({ by: 'patch', result: 'as-declared', slotFreed: true });
    expect(exchanges.some(({ subject, path }) => subject === 'action:book' && path === 'Appointment/_search?_id')).toBe(
      true,
    );
  });

  it('an undo by a person waits for drills, whoever is declared', async () => {
    const { results } = await run(({ organization }) => {
      organization['paths'] = { book: { undo: { by: 'person', where: 'front desk' } } };
    });
    const book = results.get('rollback.compensate')?.judgements.find(({ subject }) => subject === 'action:book');
    expect([book?.outcome, book?.reason, book?.holder]).toEqual(['not-measured', 'holder-not-shown', 'person']);
  });

  it('what nobody decided is said without a request', async () => {
    const { results, exchanges } = await run(
      ({ contract }) => {
        const book = actionOf(contract, 'book');
        delete book['idempotency'];
        delete book['compensation'];
        delete book['precondition'];
      },
      { writes: 'none' },
    );
    for (const id of ['write.idempotent-retry', 'rollback.compensate']) {
      const book = results.get(id)?.judgements.find(({ subject }) => subject === 'action:book');
      expect([book?.outcome, book?.reason], id).toEqual(['not-measured', 'undecided']);
    }
    expect(exchanges.filter(({ method, path }) => method === 'POST' && path === 'Appointment')).toEqual([]);
  });

  it('a declared undo that is no plain interaction is ours to learn, not the EHR’s to fail', async () => {
    const { results } = await run(({ organization }) => {
      organization['paths'] = { book: { undo: { method: 'POST', url: 'Appointment/{{created.id}}/$cancel' } } };
    });
    const book = results.get('rollback.compensate')?.judgements.find(({ subject }) => subject === 'action:book');
    expect([book?.outcome, book?.reason]).toEqual(['not-measured', 'tool-limited']);
  });

  it('a draft is counted by the contract’s search, and taken away by staff', async () => {
    const { fact, exchanges } = await run(undefined, { workflow: 'documentation' });
    expect(fact('retry-objects', 'action:file-draft')).toMatchObject({
      sequence: 'search',
      afterLostAnswer: 1,
      afterRepeat: 1,
    });
    const taken = exchanges.filter(({ method, status }) => method === 'DELETE' && status === 204);
    expect(new Set(taken.map(({ context }) => context))).toEqual(new Set(['second']));
  });

  it('a conditional create that finds an object does not make it ours', async () => {
    const { fact, end } = await run(undefined, { workflow: 'prior-authorization' });
    expect(fact('retry-objects', 'action:open-task')).toMatchObject({ sequence: 'if-none-exist', inParallel: 1 });
    expect(end.undone).toBeGreaterThan(0);
  });

  it('a server that answers with a Location alone is followed as far as the id', async () => {
    const { outcome, exchanges } = await run(undefined, { deviations: ['create-location-elsewhere'] });
    expect(checks.map(outcome)).toEqual(['fail', 'pass', 'not-applicable', 'pass', 'pass']);
    expect(exchanges.some(({ probe, path }) => probe === 'changed-object' && path === 'Appointment/{id}')).toBe(true);
  });
});
