import type { Appointment, Bundle, Resource } from 'fhir/r4.js';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ProbeTools } from '../../../src/gather/probe.js';
import type { Answer } from '../../../src/gather/request.js';
import { observeByHand } from '../../../src/gather/series/by-hand.js';
import { Lane } from '../../../src/gather/series/lane.js';
import type { ObservedPlan } from '../../../src/gather/series/observed-plan.js';
import type { Missing } from '../../../src/model/fact.js';
import type { LatencySeries } from '../../../src/model/latency-series.js';

const plan: ObservedPlan = {
  subject: 'budget:freed-slot',
  target: { percentile: 95, budgetMs: 2_000 },
  watching: { by: 'hand', events: 5 },
  pollMs: 200,
  event: { type: 'Appointment', state: undefined },
  answer: { action: 'offer', search: undefined },
  reader: 'staff',
  most: { polls: 100, events: 20, looks: 20 },
};

const visit = (id: string, patient = 'p1'): Appointment => ({
  resourceType: 'Appointment',
  id,
  meta: { versionId: '2' },
  status: 'cancelled',
  participant: [{ actor: { reference: `Patient/${patient}` }, status: 'accepted' }],
});

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** One try with an EHR that answers each search with what is there, and a person who clicks and presses Enter. */
async function tried({
  click,
  searchStatus = 200,
  answers = true,
}: {
  /** What is new in the EHR after the click number `turn`, from 1. */
  readonly click: (turn: number) => readonly Appointment[];
  readonly searchStatus?: number;
  readonly answers?: boolean;
}): Promise<{ result: LatencySeries | Missing; said: string[]; asked: number }> {
  const there: Resource[] = [];
  const said: string[] = [];
  let [asked, pressed] = [0, 0];
  const timing = () => {
    const atMs = performance.now();
    return { intendedAtMs: atMs, sentAtMs: atMs, firstByteAtMs: atMs, endAtMs: atMs };
  };
  const answered = (resource: unknown, status = 200): Answer =>
    ({ status, ok: status < 300, resource, json: resource, headers: {}, timing: timing() }) as unknown as Answer;
  const searchset = (): Bundle => ({
    resourceType: 'Bundle',
    type: 'searchset',
    entry: there.map((resource) => ({ resource, search: { mode: 'match' } })) as Bundle['entry'] & object,
  });
  const tools = {
    clients: { staff: { send: () => Promise.resolve(answered(searchset(), searchStatus)) } },
    aiSystem: {
      ask: ([[, reference]]: [[string, string]]) =>
        Promise.resolve(answered({ offers: answers ? [{ appointment: reference }] : [] })),
    },
    organization: { testData: { patients: [{ alias: 'one', id: 'p1' }] } },
    environment: { fhirBase: 'https://fhir.lakeside.example/r4' },
    environmentClass: 'simulator',
    signal: new AbortController().signal,
    random: () => 0.5,
    now: () => new Date(),
  } as unknown as ProbeTools;
  const person = {
    say: (line: string) => void said.push(line),
    async enter() {
      // The first Enter says that all is prepared, the second that it was clicked.
      pressed += 1;
      asked += pressed % 2;
      if (pressed % 2 === 0) {
        await new Promise((resolve) => setTimeout(resolve, 500));
        there.push(...click(pressed / 2));
      }
      return true;
    },
  };
  const pace = { requestsPerSecond: 1_000, concurrency: 8 };
  const ended = new AbortController();
  const lanes = { ehr: new Lane(pace), aiSystem: new Lane(pace) };
  const done = observeByHand(plan, 5, person, tools, lanes).finally(() => ended.abort());
  while (!ended.signal.aborted) await vi.advanceTimersByTimeAsync(100);
  return { result: await done, said, asked };
}

describe('events a person makes', () => {
  it('are counted from "ready" to Enter, so many as were agreed', async () => {
    const { result, said, asked } = await tried({ click: (turn) => [visit(`v${turn}`)] });
    expect(asked).toBe(5);
    expect(result).toMatchObject({ source: 'manual', notSent: 0, errors: 0, looks: [{ n: 5 }] });
    for (const [lowerMs, upperMs] of (result as LatencySeries).samples) {
      expect(lowerMs).toBe(0);
      expect(upperMs).toBeGreaterThanOrEqual(500);
      expect(upperMs).toBeLessThan(1_000);
    }
    expect(said.filter((line) => line === 'seen')).toHaveLength(5);
  });

  it('are no events where the EHR shows no change, and the person is asked again, at most twice as often', async () => {
    const { result, said, asked } = await tried({ click: () => [] });
    expect(asked).toBe(10);
    expect(result).toMatchObject({ missing: 'too-few' });
    expect(said.filter((line) => line.includes('no such change is seen'))).toHaveLength(10);
  });

  it('are no events about anybody who is not listed', async () => {
    const { result } = await tried({ click: (turn) => [visit(`v${turn}`, 'stranger')] });
    expect(result).toMatchObject({ missing: 'too-few' });
  });

  it('cannot be told apart where two changes are new', async () => {
    const { result, said } = await tried({
      click: (turn) => (turn === 2 ? [visit('v2'), visit('also')] : [visit(`v${turn}`)]),
    });
    expect(result).toMatchObject({ notSent: 1, looks: [{ n: 5 }] });
    expect(said).toContain('not counted: 2 such changes are seen, which cannot be told apart.');
  });

  it('are not asked for while the EHR does not say what is there already', async () => {
    const { result, said } = await tried({ click: (turn) => [visit(`v${turn}`)], searchStatus: 503 });
    expect(result).toMatchObject({ missing: 'too-few' });
    expect(said.some((line) => line.startsWith('ready'))).toBe(false);
  });

  it('without an answer are late, and errors', async () => {
    const { result } = await tried({ click: (turn) => [visit(`v${turn}`)], answers: false });
    expect(result).toMatchObject({ errors: 5 });
    expect((result as LatencySeries).samples).toEqual(Array.from({ length: 5 }, () => [10_000, null]));
  });
});
