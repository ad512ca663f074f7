import { expect, it } from 'vitest';
import { withDeletion } from '../../../src/sandbox/deletion-contract.js';
import { trial } from '../../support/trial.js';

it.each([
  // Booking is undone by the same patch: one trial is enough for both.
  ['patch', 'PATCH', 'action:book'],
  ['update', 'PUT', 'action:cancel'],
])('an action that is a %s is tried with %s alone', async (interaction, method, tried) => {
  const { exchanges, outcome } = await trial({
    checks: ['write.version-conflict'],
    change: ({ contract }) => {
      const cancel = (contract['actions'] as Record<string, unknown>[]).find(({ id }) => id === 'cancel');
      Object.assign(cancel ?? {}, { interaction });
      contract['actions'] = (contract['actions'] as { id: string }[]).filter(
        ({ id }) => id === 'cancel' || id === 'book',
      );
    },
  });
  const changes = exchanges.filter((each) => each.probe === 'stale-update' && each.subject === tried);
  expect([...new Set(changes.map((each) => each.method))].sort()).toEqual(['GET', method, 'POST'].sort());
  expect(changes.filter((each) => each.method === method).map(({ status }) => status)).toEqual([
    200, 200, 412, 200, 428,
  ]);
  expect(outcome('write.version-conflict')).toBe('pass');
});

it('an action whose undo is a delete is tried with DELETE alone', async () => {
  const { exchanges, outcome, before, after } = await trial({
    workflow: 'prior-authorization',
    checks: ['write.version-conflict'],
    change: withDeletion,
  });
  const sent = exchanges.filter((each) => each.probe === 'stale-update' && each.subject === 'action:open-task');
  const of = (context: string, method: string) =>
    sent.filter((each) => each.context === context && each.method === method).map(({ status }) => status);
  expect(of('ai', 'DELETE')).toEqual([204, 412, 204]);
  expect(of('ai', 'PATCH')).toEqual([]);
  expect(of('second', 'PATCH')).toEqual([200]);
  expect(outcome('write.version-conflict')).toBe('pass');
  expect(after).toBe(before);
});
