import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Subscription } from 'fhir/r4.js';
import { afterEach, expect, it } from 'vitest';
import {
  creates,
  defineDeviation,
  sentBody,
  withNotice,
  type Deviation,
  type RawHandler,
} from '../src/sandbox/deviation.js';
import { openWorkplace, type Workplace } from './support/command-line.js';

let place: Workplace;
afterEach(() => place?.close());

const head = {
  id: 'inline',
  title: 'inline',
  caughtBy: ['event.subscription'],
  source: 'https://example.org',
} as const;
const wrapped = (wrap: (next: RawHandler) => RawHandler): Deviation => defineDeviation({ ...head, wrap });
const subscriptions = (): Subscription[] =>
  Object.values(place.sandbox.organizations.get('lakeside')!.store.snapshot()).filter(
    (resource): resource is Subscription => resource.resourceType === 'Subscription',
  );
const deletes = ({ method, path }: Parameters<RawHandler>[0]): boolean =>
  method === 'DELETE' && path.includes('/Subscription/');

it('HS-56: a Subscription that could not be taken away at once is taken away by cleanup, and ends by itself', async () => {
  const ends: string[] = [];
  place = await openWorkplace({
    deviations: [
      wrapped((next) => {
        const refused = new Set<string>();
        return (request) => {
          if (creates(request, 'Subscription')) ends.push((sentBody(request) as Subscription).end ?? '');
          if (!deletes(request) || refused.has(request.path)) return next(request);
          refused.add(request.path);
          return Promise.resolve({ status: 500, headers: {}, body: '' });
        };
      }),
    ],
  });
  const said = await place.run('--only', 'event.subscription', '--writes', 'all');
  expect(said.code).toBe(0);
  expect(said.stdout).toContain('0 left');
  expect(subscriptions()).toEqual([]);
  expect(ends).toHaveLength(4);
  for (const end of ends) {
    expect(Date.parse(end)).toBeGreaterThan(Date.now());
    expect(Date.parse(end)).toBeLessThan(Date.now() + 24 * 3_600_000);
  }
});

it('HS-56: one whose create was never answered is found by its own words, and nobody else’s is touched', async () => {
  place = await openWorkplace({
    deviations: [
      wrapped((next) => async (request) => {
        const response = await next(request);
        return creates(request, 'Subscription') ? { status: 504, headers: {}, body: '' } : response;
      }),
    ],
  });
  const { store } = place.sandbox.organizations.get('lakeside')!;
  store.transaction((writer) =>
    writer.create({
      resourceType: 'Subscription',
      status: 'off',
      reason: 'somebody else’s',
      criteria: 'Appointment?status=booked',
      channel: { type: 'rest-hook', endpoint: 'https://127.0.0.1:9/' },
    } as Subscription),
  );
  const said = await place.run('--only', 'event.subscription', '--writes', 'all');
  expect(said.stdout).toContain('0 left');
  expect(subscriptions().map(({ reason }) => reason)).toEqual(['somebody else’s']);
});

it('HS-58: a notification about somebody who is no test patient stops the run, and nothing of it is kept', async () => {
  const stranger = { resourceType: 'Appointment', participant: [{ actor: { reference: 'Patient/zz-stranger' } }] };
  place = await openWorkplace({
    deviations: [
      defineDeviation({
        ...head,
        deliver: (next) => (notification) =>
          next(
            withNotice(notification, (bundle) => ({
              ...bundle,
              entry: [
                ...(bundle.entry ?? []),
                ...(notification.kind === 'event' ? [{ resource: stranger as never }] : []),
              ],
            })),
          ),
      }),
    ],
  });
  const said = await place.run('--only', 'event.subscription', '--writes', 'all');
  expect(said.code).toBe(6);
  expect(`${said.stdout}${said.stderr}`).not.toContain('zz-stranger');
  expect(subscriptions()).toEqual([]);
  const runs = join(place.folder, 'runs');
  const [name = ''] = await readdir(runs);
  const evidence = await readFile(join(runs, name, 'evidence.ndjson'), 'utf8');
  expect(evidence).toContain('notification-of-a-stranger');
  expect(evidence).not.toContain('zz-stranger');
});
