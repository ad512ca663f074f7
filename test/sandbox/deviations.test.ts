import { describe, expect, test } from 'vitest';
import { defineDeviation, isAnotherProduct, seamNames, throughSeam } from '../../src/sandbox/deviation.js';
import { deviations } from '../../src/sandbox/deviations/index.js';
import { openSandbox, type OpenSandbox } from './sandbox-session.js';

describe('every deviation', () => {
  test('has an id of its own', () => {
    expect(new Set(deviations.map(({ id }) => id)).size).toBe(deviations.length);
  });

  test.each(deviations.map((deviation) => [deviation.id, deviation] as const))(
    '%s: one seam, a source, a check that notices',
    (id, deviation) => {
      expect(id).toMatch(/^[a-z0-9.]+(-[a-z0-9.]+)*$/);
      const seams = seamNames.filter((name) => deviation[name] !== undefined);
      expect(seams).toHaveLength(isAnotherProduct(deviation) ? 0 : 1);
      if (isAnotherProduct(deviation)) expect(deviation.aiSystem).toBe(id);
      expect(deviation.source).toMatch(/^https:\/\//);
      expect(deviation.caughtBy.length).toBeGreaterThan(0);
      for (const check of deviation.caughtBy) expect(check).toMatch(/^[a-z0-9]+\.[a-z0-9]+(-[a-z0-9]+)*$/);
    },
  );

  test('has a file of its name, and every file is listed', async () => {
    const { readdir } = await import('node:fs/promises');
    const files = await readdir(new URL('../../src/sandbox/deviations/', import.meta.url));
    const expected = [...deviations.map(({ id }) => `${id}.ts`), 'index.ts'];
    expect(files.sort()).toEqual(expected.sort());
  });
});

test('the first deviation of a list is outermost', async () => {
  const order: string[] = [];
  const noting = (id: string) =>
    defineDeviation({
      id,
      title: id,
      caughtBy: ['a.b'],
      source: 'https://example.org',
      deliver: (next) => (note) => {
        order.push(id);
        return next(note);
      },
    });
  await throughSeam([noting('x'), noting('y')], 'deliver', () => Promise.resolve(true))({} as never);
  expect(order).toEqual(['x', 'y']);
});

const using = async (ids: readonly string[], work: (opened: OpenSandbox) => Promise<void>) => {
  const opened = await openSandbox({
    organizations: ['lakeside'],
    deviations: deviations.filter(({ id }) => ids.includes(id)),
  });
  try {
    await work(opened);
  } finally {
    await opened.close();
  }
};

test.each([
  [[], 412],
  [['stale-patch-accepted'], 200],
])('with %j a PATCH on an outdated version answers %d', async (ids, status) => {
  await using(ids, async (opened) => {
    const staff = await opened.signIn('event-source');
    const { appointments } = opened.organization().clinic.index;
    const path = `Appointment/${appointments[0]?.id}`;
    const { meta } = (await staff.get(path)).json;
    const patch = (value: string) =>
      staff.patch(path, [{ op: 'add', path: '/comment', value }], { 'if-match': `W/"${meta?.versionId}"` });
    expect((await patch('first')).status).toBe(200);
    expect((await patch('second')).status).toBe(status);
  });
});

test.each([
  [[], 1, 1],
  [['field-dropped'], 0, 0.5],
])('with %j the share of slots with a visit type is from %d to %d', async (ids, least, most) => {
  await using(ids, async (opened) => {
    const bot = await opened.signIn('voice-bot');
    const answer = await bot.get('Slot?status=free&_count=100');
    const slots = (answer.json.entry ?? []).map((entry) => entry.resource);
    const share = slots.filter((slot) => slot.serviceType !== undefined).length / slots.length;
    expect(share).toBeGreaterThanOrEqual(least);
    expect(share).toBeLessThanOrEqual(most);
  });
});
