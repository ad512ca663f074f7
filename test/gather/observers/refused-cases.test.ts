import type { Patient } from 'fhir/r4.js';
import { describe, expect, it } from 'vitest';
import type { PreparedCases, Reaction } from '../../../src/gather/observers/hard-cases.js';
import type { FaultRule } from '../../../src/gather/observers/injected-faults.js';
import type { ProductAnswer } from '../../../src/gather/observers/product-events.js';
import { refusedCases } from '../../../src/gather/observers/refused-cases.js';
import type { ProbeTools } from '../../../src/gather/probe.js';
import type { FactValue } from '../../../src/model/fact.js';

const record: Patient = {
  resourceType: 'Patient',
  id: 'p2',
  name: [{ use: 'official', family: 'ZZTESTTWO', given: ['Avery'] }],
  birthDate: '1980-01-01',
};
const answer = (outcome: ProductAnswer['outcome']) => ({ status: 200, outcome }) as ProductAnswer;
const reaction: Reaction = { status: 200, outcome: 'queued-for-human', tookMs: 3, written: 0, leaked: false };
const controls = { servedBefore: true, servedAfter: true };

/** A patient whom the EHR shows as often as `shown` says, and a proxy that counts `hits` for each rule. */
function tools({
  failure = { 'no-access': {} },
  shown = [true, true],
  proxied = true,
}: {
  failure?: object;
  shown?: boolean[];
  proxied?: boolean;
} = {}) {
  const active: FaultRule[] = [];
  const ever: FaultRule[] = [];
  const paused: number[] = [];
  const answers = [...shown];
  const given = {
    contract: { triggers: [{ id: 'call', kind: 'external', inputs: ['id', 'family'] }], failure },
    organization: {},
    environmentClass: 'simulator',
    clients: { ai: { read: () => Promise.resolve(answers.shift() === true ? { resource: record } : {}) } },
    cite: () => undefined,
    pause(ms: number) {
      paused.push(ms);
      return Promise.resolve();
    },
    cases: {
      seriesPatients: () => [{ alias: 'p1' }, { alias: 'p2', id: 'p2' }],
      proven: () => Promise.resolve({ patient: record, exchange: 'x1' }),
    },
    ...(proxied
      ? {
          proxy: {
            detours: () => 0,
            inject(rule: FaultRule) {
              active.push(rule);
              ever.push(rule);
              return { hits: () => 1, remove: () => void active.splice(active.indexOf(rule), 1) };
            },
          },
        }
      : {}),
  } as unknown as ProbeTools;
  return { given, active, ever, paused };
}
const prepared = async (given: ProbeTools) =>
  (await refusedCases(given)) as PreparedCases<FactValue<'asked-without-access'>>;

describe('a patient whom the proxy keeps from the product', () => {
  it('is kept back while it is asked for, and not a moment longer', async () => {
    const { given, active, ever } = tools();
    const { cases } = await prepared(given);
    expect(cases.map(({ patients }) => patients[0]?.alias)).toEqual(['p2', 'p2']);
    for (const each of cases) {
      await each.around?.(() => {
        expect(active).toHaveLength(2);
        return Promise.resolve(answer('queued-for-human'));
      });
      expect(active).toEqual([]);
    }
    expect(ever.map(({ fault, when }) => [fault, when.interaction, when.resourceType])).toEqual([
      ['403', 'read', 'Patient'],
      ['403', 'search', 'Patient'],
      ['404', 'read', 'Patient'],
      ['404', 'search', 'Patient'],
    ]);
  });

  it('is kept back for some time from a product that answers first and works then', async () => {
    const { given, paused } = tools();
    const [first] = (await prepared(given)).cases;
    await first?.around?.(() => Promise.resolve(answer('queued-for-human')));
    expect(paused).toEqual([]);
    await first?.around?.(() => Promise.resolve(answer('noted')));
    expect(paused).toEqual([1_000]);
  });

  it('is kept back no longer when asking fails', async () => {
    const { given, active } = tools();
    const [first] = (await prepared(given)).cases;
    await expect(first?.around?.(() => Promise.reject(new Error('no answer')))).rejects.toThrow('no answer');
    expect(active).toEqual([]);
  });

  it.each([
    ['still shown', [true, true], true],
    ['not shown any more', [true, false], false],
  ])('is %s afterwards', async (_name, shown, shownAfter) => {
    const { given } = tools({ shown });
    const kept = await prepared(given);
    await kept.cases[1]?.around?.(() => Promise.resolve(answer('queued-for-human')));
    expect(await kept.fact([reaction, reaction], controls)).toMatchObject({
      ...controls,
      cases: [
        { patient: 'p2', keptBackBy: 'proxy', met: 0, refusedWith: 403, shownBefore: true, shownAfter },
        { patient: 'p2', keptBackBy: 'proxy', met: 2, refusedWith: 404, shownBefore: true, shownAfter },
      ],
    });
  });

  it.each([
    ['nobody has decided', { failure: {} }, 'undecided'],
    ['there is no proxy', { proxied: false }, 'no-ai-system'],
    ['the EHR does not show the patient', { shown: [false] }, 'control-failed'],
  ])('is nobody where %s', async (_name, given, reason) => {
    expect(await refusedCases(tools(given).given)).toMatchObject({ missing: reason });
  });
});
