import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runProxy } from '../../src/cli/proxy.js';
import { readFaultRule } from '../../src/gather/product-recording.js';
import { faultNames } from '../../src/gather/observers/injected-faults.js';
import type { Scorecard } from '../../src/model/scorecard.js';
import { newProxyUrl } from '../../src/sandbox/ai-systems/proxy-place.js';
import { startBeside } from '../support/trial.js';
import { command, openWorkplace, type Workplace } from '../support/command-line.js';
import { places } from '../support/places.js';

let place: Workplace;
let base: string;
let recordings = 0;

beforeAll(async () => {
  base = await newProxyUrl();
  place = await openWorkplace({
    change({ organization }) {
      organization['aiSystem'] = { proxy: { listener: 'proxy' } };
      const listeners = organization['listeners'] as Record<string, object>;
      listeners['proxy'] = { bind: '127.0.0.1', port: Number(new URL(base).port), publicUrl: base };
    },
  });
});
afterAll(() => place.close());

interface Card {
  readonly decision: Scorecard['decision'];
  readonly checks: Scorecard['checks'];
}

/** One of the reference products answers a call for a visit, and the same again, while the command runs; then `score` reads the recording. */
async function recorded(
  product: 'integrated' | 'leaky' | 'double-booker',
  ...fault: string[]
): Promise<{ card: Card; text: string }> {
  const output = join(place.folder, `recordings-${(recordings += 1)}`);
  const ending = new AbortController();
  const running = runProxy({ ...place.files, output, fault }, places, ending.signal);
  const program = await startBeside(place.sandbox, place.folder, product, base);
  const [patient] = place.sandbox.organizations.get('lakeside')!.clinic.index.patients;
  const identifier = { system: 'urn:ehr-scorecard:test', value: 'call-1' };
  const call = { intent: 'book', family: patient?.family, birthDate: patient?.birthDate, identifier };
  const ask = () =>
    fetch(program.callUrl, {
      method: 'POST',
      headers: { authorization: `Bearer ${program.token}`, 'content-type': 'application/json' },
      body: JSON.stringify(call),
    });
  let answer = await ask();
  for (let tries = 0; answer.status === 503 && tries < 100; tries++) {
    await pause(100);
    answer = await ask();
  }
  expect(((await answer.json()) as { outcome: string }).outcome).toBe('booked');
  expect((await ask()).status).toBe(200);
  ending.abort();
  expect(await running).toBe(0);
  await program.stop();
  const [run = ''] = await readdir(output);
  const { stdout, code } = await command('score', join(output, run), '--json');
  expect(code).toBeLessThan(70);
  return { card: JSON.parse(stdout) as Card, text: await readFile(join(output, run, 'evidence.ndjson'), 'utf8') };
}

const outcomeOf = ({ checks }: Card, id: string) => checks.find((check) => check.id === id);

it('records what a product asks for; score says what was read, how it waited, and decides nothing', async () => {
  const { card, text } = await recorded('integrated', '429@search*1');
  expect(card.decision.value).toBe('none');
  expect(outcomeOf(card, 'error.rate-limit')?.outcome).toBe('pass');
  expect(outcomeOf(card, 'hipaa.minimum-necessary')?.outcome).toBe('pass');
  expect(text).toContain('"phi":"may-contain"');
  // What a recording provokes is nothing: it says what it saw, and nothing of it passes.
  const retry = outcomeOf(card, 'write.idempotent-retry');
  expect([retry?.outcome, retry?.reason]).toEqual(['not-measured', 'writes-off']);
  expect(retry?.findings.map(({ messageId, data }) => [messageId, data['creates'], data['keyed']])).toContainEqual([
    'recorded',
    2,
    2,
  ]);
  expect(outcomeOf(card, 'error.ehr-outage')?.findings[0]?.data).toMatchObject({
    met: 1,
    done: 1,
    faults: [{ fault: '429', interaction: 'search' }],
  });
  const { patients } = place.sandbox.organizations.get('lakeside')!.clinic.index;
  for (const { id, canary } of patients)
    for (const value of [`"${id}"`, `/${id}`, canary]) expect(text).not.toContain(value);
});

it('records without a fault what a product puts into addresses', async () => {
  const { card } = await recorded('leaky');
  const leakage = outcomeOf(card, 'hipaa.phi-leakage');
  expect(leakage?.findings.map(({ messageId }) => messageId)).toContain('in-product-address');
  expect(outcomeOf(card, 'error.rate-limit')?.reason).toBe('no-ai-system');
});

it('records that a product whose answer was lost finds what it had booked', async () => {
  const { card } = await recorded('integrated', 'drop-answer@write:Appointment*1');
  const retry = outcomeOf(card, 'write.idempotent-retry');
  expect(retry?.outcome).toBe('not-measured');
  const [said] = retry?.findings.filter(({ messageId }) => messageId !== null) ?? [];
  expect(said).toMatchObject({ messageId: 'recorded-lost', data: { lost: 1, found: 1, done: 0, left: 0, twice: 0 } });
});

it('reads what a product is to meet, and refuses what is no fault', () => {
  expect(readFaultRule('429@search*3', faultNames)).toEqual({
    fault: '429',
    when: { interaction: 'search' },
    times: 3,
    retryAfterS: 1,
  });
  expect(readFaultRule('drop-answer@write:Appointment', faultNames)).toEqual({
    fault: 'drop-answer',
    when: { interaction: 'write', resourceType: 'Appointment' },
  });
  expect(readFaultRule('stall', faultNames)).toEqual({ fault: 'stall', when: { interaction: 'any' } });
  for (const wrong of ['teapot', '429@somewhere', '429*x', 'pass']) {
    expect(() => readFaultRule(wrong, faultNames)).toThrow(expect.objectContaining({ code: 'unknown-fault' }) as Error);
  }
});

it('wants to be told where to listen, once', async () => {
  const { contract, organization } = place.files;
  const silent = await command('proxy', '--contract', contract, '--organization', organization, '--fault', 'teapot');
  expect([silent.code, silent.stderr]).toEqual([2, expect.stringContaining('unknown-fault')]);
});
