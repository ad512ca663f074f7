import { defineDerivedCheck, type SeenResult } from '../../src/check.js';
import type { Contract, ContractAction } from '../../src/model/documents/contract.js';

/** How deep the product reaches into the EHR, shallow first; what `value.assumedDepth` may say. */
const depths = ['display', 'draft-in-chart', 'write-back'] as const;
const writing = ['write.capability', 'write.create', 'write.update-patch', 'write.draft-state'] as const;
const reading = ['read.required-fields', 'freshness.source-age'] as const;

type State = 'works' | 'failed' | 'not-measured';

/** What the results say about one subject, or each about all of its own; undefined where none is about it. */
function stateOf(results: readonly (SeenResult | undefined)[], subject?: string): State | undefined {
  const outcomes = results
    .flatMap((result) => {
      if (result === undefined) return [];
      if (subject === undefined) return [result.outcome];
      return result.judgements.filter((one) => one.subject === subject).map(({ outcome }) => outcome);
    })
    .filter((outcome) => outcome !== 'not-applicable');
  if (outcomes.length === 0) return undefined;
  if (outcomes.includes('fail')) return 'failed';
  return outcomes.some((outcome) => outcome === 'not-measured' || outcome === 'error') ? 'not-measured' : 'works';
}

const depthOf = ({ kind }: ContractAction): number => (kind === 'commit' ? 2 : kind === 'draft' ? 1 : 0);

/** Steps by how much handwork is left in them. */
function stepsBy(
  steps: NonNullable<NonNullable<Contract['value']>['steps']>,
  states: { readonly read: State | undefined; readonly written: boolean; readonly seenByStaff: boolean },
  reviewed: boolean,
) {
  const counts = { automatic: 0, oneClick: 0, retyped: 0, secondScreen: 0 };
  for (const { where } of steps) {
    if (where === 'product') counts[states.read === 'works' ? 'automatic' : 'retyped'] += 1;
    else if (where !== 'ehr' || !states.written) counts.retyped += 1;
    else if (!states.seenByStaff) counts.secondScreen += 1;
    else counts[reviewed ? 'oneClick' : 'automatic'] += 1;
  }
  return counts;
}

export default defineDerivedCheck({
  id: 'value.integration-depth',
  kind: 'static',
  severity: 'minor',
  blocks: 'product',
  title: 'The product reaches as deep into the EHR as the business case assumes',
  failureTitle: 'The business case assumes work away that staff still do by hand',
  plain: 'The minutes the business case counts on are really taken off somebody’s hands.',
  why: 'A product that only shows its answer leaves the typing to staff, and the case was made for one that writes.',
  sends: 'Nothing of its own. Compares `value.assumedDepth` with what the checks of reading and writing found.',
  ask: {
    of: 'vendor',
    text: 'Show us, step by step on the screen, which of the steps in our business case staff still do by hand.',
  },
  remedy: [
    { owner: 'vendor', effort: 'high', text: 'Mend the write-back the business case stands on.' },
    { owner: 'product-owner', effort: 'low', text: 'Or correct the case to the depth that was measured.' },
  ],
  references: ['https://digital.ahrq.gov/health-it-tools-and-resources/evaluation-resources'],
  writes: 'none',
  subjects: 'run',
  ifNone: 'undecided',
  reads: [],
  looksAt: [...writing, ...reading, 'write.visible-to-staff'],
  messages: {
    'write-back-failed': { kind: 'proof', text: 'The case assumes {assumed}, and it failed for {actions}.' },
    'nothing-written': { kind: 'proof', text: 'The case assumes {assumed}, and the contract only displays.' },
    'one-step-short': { kind: 'limit', text: 'The case assumes {assumed}, and the contract goes as far as {reached}.' },
    'second-screen': { kind: 'limit', text: 'It is written, and staff look for it on another screen: {actions}.' },
    'not-measured': { kind: 'undecided', text: 'The case assumes {assumed}, which was not measured for {actions}.' },
    undecided: { kind: 'undecided', text: 'Nobody has stated {missing} of the business case; {who} should.' },
    'unknown-depth': { kind: 'undecided', text: 'The assumed depth "{seen}" is none of {accepted}.' },
  },
  evaluate: (_facts, say, { item: { contract } }, _run, results) => {
    const { value, actions = [], metadata } = contract;
    const { assumedDepth, steps } = value ?? {};
    const missing = Object.entries({ assumedDepth, steps }).flatMap(([name, stated]) =>
      stated === undefined ? [name] : [],
    );
    if (assumedDepth === undefined || steps === undefined) {
      const who = metadata.owner ?? 'the product owner';
      return say.notMeasured('undecided', 'undecided', { missing, who, pointer: '/value' });
    }
    const assumed = depths.findIndex((depth) => depth === assumedDepth);
    if (assumed === -1) {
      const pointer = '/value/assumedDepth';
      return say.notMeasured('unknown-depth', 'undecided', { seen: assumedDepth, accepted: [...depths], pointer });
    }
    const writes = actions.filter((action) => depthOf(action) > 0);
    const needed = assumed === 0 ? [] : writes.filter((action) => depthOf(action) >= Math.min(assumed, 1));
    const states = needed.map(({ id }) => ({
      id,
      written: stateOf(
        writing.map((check) => results[check]),
        `action:${id}`,
      ),
      seen: stateOf([results['write.visible-to-staff']], `action:${id}`),
    }));
    const those = (of: (state: (typeof states)[number]) => boolean): string[] => states.filter(of).map(({ id }) => id);
    const failed = those(({ written }) => written === 'failed');
    const unseen = those(({ seen }) => seen === 'failed');
    const open = those(({ written, seen }) => written !== 'works' || seen === 'not-measured');
    const reached = Math.max(0, ...needed.map(depthOf));
    const read = stateOf(reading.map((check) => results[check]));
    const written = needed.length > 0 && failed.length === 0 && states.every((state) => state.written === 'works');
    const shown = {
      assumed: assumedDepth,
      ...stepsBy(
        steps,
        { read, written, seenByStaff: unseen.length === 0 },
        needed.some(({ review }) => review?.required === true),
      ),
    };
    if (failed.length > 0) return say.fail('write-back-failed', { ...shown, actions: failed });
    if (assumed - reached > 1) return say.fail('nothing-written', shown);
    if (open.length > 0) return say.notMeasured('not-measured', 'prerequisite-failed', { ...shown, actions: open });
    if (reached < assumed) return say.warn('one-step-short', { ...shown, reached: depths[reached] });
    return unseen.length > 0 ? say.warn('second-screen', { ...shown, actions: unseen }) : say.pass(shown);
  },
});
