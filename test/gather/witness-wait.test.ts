import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { waitForWitness } from '../../src/gather/witness-wait.js';

const object = { action: 'book', resourceType: 'Appointment', patient: 'p1' };
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ehr-scorecard-wait-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Waits with pauses that take no time; answers how long they would have been, and what was told. */
async function waited(mostMs: number, onPause: (total: number) => Promise<void> | void = () => undefined) {
  const told: unknown[] = [];
  const ends = new AbortController();
  let total = 0;
  await waitForWitness({ mostMs, onWait: (...words) => told.push(words) }, object, {
    folder,
    signal: ends.signal,
    pause: async (milliseconds) => {
      total += milliseconds;
      await onPause(total);
      if (total > 60_000) ends.abort();
    },
  });
  return { total, told };
}

it('waits as long as it was given, and says where to look and how to go on', async () => {
  const { total, told } = await waited(1_200);
  expect(total).toBe(1_200);
  expect(told).toEqual([[object, join(folder, 'seen-book')]]);
});

it('ends with the run', async () => {
  const { total } = await waited(3_600_000);
  expect(total).toBe(60_500);
});

it('goes on when somebody lays the file', async () => {
  const { total } = await waited(3_600_000, (sofar) =>
    sofar === 2_000 ? writeFile(join(folder, 'seen-book'), '') : undefined,
  );
  expect(total).toBe(2_000);
  expect((await waited(3_600_000)).total).toBe(0);
});
