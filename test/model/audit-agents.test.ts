import { expect, it } from 'vitest';
import { runDigest, type MadeAccess, type OwnRecord } from '../../src/model/audit-access.js';
import { agentsOfBindings } from '../../src/model/audit-agents.js';

const made = (id: string, binding: string, status = 200): MadeAccess => ({
  exchange: id,
  requestIds: [id],
  fromMs: 0,
  toMs: 10,
  kind: 'read',
  of: 'Patient',
  status,
  binding,
  patients: ['p1'],
});
const record = (id: string, ...names: string[]): OwnRecord => ({
  atMs: 5,
  bindings: [],
  agents: names.map((name) => runDigest('run', name)),
  patients: ['p1'],
  kind: 'read',
  requestIds: [id],
});
const people = [
  { context: 'anna', id: 'pra-1' },
  { context: 'bert', id: 'pra-2' },
];

it('keeps the names that stand in every record of a client, and the people named in any', () => {
  const accesses = [made('r1', 'bot'), made('r2', 'bot'), made('r3', 'staff')];
  const records = [record('r1', 'bot-client', 'pra-1'), record('r2', 'bot-client'), record('r3', 'gateway')];
  expect(agentsOfBindings(accesses, records, people, 'run')).toEqual([
    { binding: 'bot', records: 2, agents: [runDigest('run', 'bot-client')], people: ['anna'] },
    { binding: 'staff', records: 1, agents: [runDigest('run', 'gateway')], people: [] },
  ]);
});

it('says nothing by refusals, nor of a client without a record', () => {
  const accesses = [made('r1', 'bot', 403), made('r2', 'staff')];
  expect(agentsOfBindings(accesses, [record('r1', 'somebody')], people, 'run')).toEqual([]);
});
