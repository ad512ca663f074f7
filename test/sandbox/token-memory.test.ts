import { expect, test } from 'vitest';
import { createTokenMemory } from '../../src/sandbox/token-memory.js';

function memoryAt(forgets: readonly string[] = []) {
  const clock = { nowMs: 0 };
  return { clock, memory: createTokenMemory({ nowMs: () => clock.nowMs, forgets }) };
}

test('five thousand entries later the first is still known', async () => {
  const { memory } = memoryAt();
  const seen = memory.adapter('ReplayDetection');
  for (let n = 0; n < 5_000; n++) await seen.upsert(`id-${n}`, { n }, 300);
  expect(await seen.find('id-0')).toEqual({ n: 0 });
});

test('an entry ends with its lifetime', async () => {
  const { clock, memory } = memoryAt();
  const tokens = memory.adapter('ClientCredentials');
  await tokens.upsert('t', { scope: 'x' }, 300);
  clock.nowMs = 299_999;
  expect(await tokens.find('t')).toEqual({ scope: 'x' });
  clock.nowMs = 300_000;
  expect(await tokens.find('t')).toBeUndefined();
});

test('models and memories are apart', async () => {
  const { memory } = memoryAt();
  await memory.adapter('A').upsert('x', {}, 10);
  expect(await memory.adapter('B').find('x')).toBeUndefined();
  expect(await memoryAt().memory.adapter('A').find('x')).toBeUndefined();
});

test('asking for a jti reserves it, unless replays are forgotten', async () => {
  const strict = memoryAt().memory.adapter('ReplayDetection');
  expect(await strict.find('jti')).toBeUndefined();
  expect(await strict.find('jti')).toBeDefined();
  const lax = memoryAt(['ReplayDetection']).memory.adapter('ReplayDetection');
  await lax.upsert('jti', {}, 300);
  expect(await lax.find('jti')).toBeUndefined();
});
