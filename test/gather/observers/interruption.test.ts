import { expect, it } from 'vitest';
import type { FaultRule } from '../../../src/gather/observers/injected-faults.js';
import { interruptAt, longestRaceWindowMs, writtenSince } from '../../../src/gather/observers/interruption.js';
import type { ProductAccess } from '../../../src/gather/observers/product-trail.js';

const reference = 'Appointment/1';
const read = (receivedAtMs: number, version?: string, answeredAtMs = receivedAtMs + 1): ProductAccess => ({
  exchange: 'p1',
  receivedAtMs,
  answeredAtMs,
  method: 'GET',
  kind: 'read',
  reference,
  status: 200,
  upstreamStatus: 200,
  ...(version === undefined ? {} : { version }),
});
const write = (receivedAtMs: number, upstreamStatus: number, answeredAtMs = receivedAtMs + 1): ProductAccess => ({
  ...read(receivedAtMs, undefined, answeredAtMs),
  method: 'PATCH',
  kind: 'write',
  status: upstreamStatus,
  upstreamStatus,
});
const judged = (seen: readonly ProductAccess[], before?: string) =>
  writtenSince({ seen: () => seen }, { reference, before }, 100);

it.each([
  ['nothing written', [read(50, '1')], 'stopped'],
  ['refused, and left at that', [read(50, '1'), write(90, 412, 110)], 'stopped'],
  ['written before the change', [read(50, '1'), write(60, 200)], 'stopped'],
  ['held while it changed, and taken', [read(50, '1'), write(90, 200, 110)], 'stale'],
  ['refused, and sent again without looking', [read(50, '1'), write(90, 412, 110), write(120, 200)], 'stale'],
  [
    'refused, looked, and sent again',
    [read(50, '1'), write(90, 412, 110), read(120, '2'), write(130, 200)],
    'read-again',
  ],
  ['its read was held, and brought the new state', [read(90, '2', 110), write(120, 200)], 'read-again'],
  ['its read was under way, and brought the old one', [read(90, '1', 110), write(120, 200)], 'stale'],
  ['looked, and then wrote twice', [read(110, '2'), write(120, 200), write(130, 200)], 'read-again'],
] as const)('%s: %s', (_, seen, result) => {
  expect(judged(seen, '1')).toBe(result);
});

it.each([
  ['looked after the change', [read(110), write(120, 200)], 'read-again'],
  ['looked only before', [read(50), write(120, 200)], 'stale'],
] as const)('without versions, %s: %s', (_, seen, result) => {
  expect(judged(seen)).toBe(result);
});

it('the race window is the longest time from a read to the write that was taken', () => {
  const window = (...seen: ProductAccess[]) => longestRaceWindowMs({ seen: () => seen }, reference);
  expect(window(read(10), write(40, 412), read(50), write(60, 200), read(100), write(130, 200))).toBe(29);
  expect(window(write(40, 200))).toBeUndefined();
  expect(window(read(10), write(40, 412))).toBeUndefined();
});

/** A proxy whose rule is met by hand. */
function proxy(seen: ProductAccess[] = []) {
  const rules: FaultRule[] = [];
  return {
    rules,
    seen: () => seen,
    inject: (rule: FaultRule) => {
      rules.push(rule);
      return { hits: () => 0, remove: () => void rules.splice(rules.indexOf(rule), 1) };
    },
  };
}
const focus = { reference, writes: 'Appointment' };

it('holds every request until the change is made, once', async () => {
  const between = proxy();
  let changes = 0;
  let release: () => void = () => undefined;
  const interruption = interruptAt(between, 'before-read', focus, () => {
    changes += 1;
    return new Promise<void>((resolve) => (release = resolve));
  });
  expect(between.rules).toMatchObject([{ fault: 'pass', when: { interaction: 'any' } }]);
  let passed = 0;
  const held = [1, 2].map(async () => {
    await between.rules[0]?.meanwhile?.();
    passed += 1;
  });
  await Promise.resolve();
  expect([changes, passed, interruption.happenedAtMs]).toEqual([1, 0, undefined]);
  release();
  await Promise.all(held);
  expect([changes, passed]).toEqual([1, 2]);
  expect(interruption.happenedAtMs).toBeGreaterThan(0);
  interruption.end();
  expect(between.rules).toEqual([]);
});

it('lets everything pass until the product has read the object', async () => {
  const seen: ProductAccess[] = [];
  const between = proxy(seen);
  let changes = 0;
  interruptAt(between, 'after-read', focus, () => Promise.resolve((changes += 1)));
  await between.rules[0]?.meanwhile?.();
  expect(changes).toBe(0);
  seen.push(read(1));
  await between.rules[0]?.meanwhile?.();
  expect(changes).toBe(1);
});

it('waits for a write of the type, and says at the end what went wrong', async () => {
  const between = proxy();
  const interruption = interruptAt(between, 'before-write', focus, () => Promise.reject(new Error('refused')));
  expect(between.rules).toMatchObject([{ when: { interaction: 'write', resourceType: 'Appointment' } }]);
  await between.rules[0]?.meanwhile?.();
  expect(interruption.happenedAtMs).toBeUndefined();
  expect(() => interruption.end()).toThrow('refused');
});
