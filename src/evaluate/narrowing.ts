import type { Contract } from '../model/documents/contract.js';
import type { Scorecard } from '../model/scorecard.js';
import { judgedRun } from './judged-run.js';
import {
  movedFacts,
  narrowerContract,
  narrowingSteps,
  strandedEntries,
  withoutEntries,
  type NarrowingStep,
} from './narrower-contract.js';
import { onlyByHand, passes, searchAll, searchOneAtATime, type Variant } from './narrowing-search.js';
import type { ScoreInput } from './score-input.js';
import { promisedHundredths, valueOf } from './value.js';
import { decisionWords, scopeOf } from './words.js';

type Narrowing = NonNullable<Scorecard['narrowing']>;
/** Up to this many steps, every combination is tried. */
const mostForAll = 10;

/** The same evidence judged against the contract after these steps; undefined where that is no whole contract. */
function variantOf(
  input: ScoreInput,
  subjectsFor: NonNullable<ScoreInput['narrow']>,
  steps: readonly NarrowingStep[],
): Variant | undefined {
  const contract = narrowerContract(input.contract, steps);
  if (contract === undefined) return undefined;
  const entries = strandedEntries(input.contract, contract, input.organization);
  const organization = withoutEntries(input.organization, entries);
  const narrower: ScoreInput = {
    ...input,
    contract,
    organization,
    subjects: subjectsFor(contract, organization),
    facts: movedFacts(input.facts, input.contract, contract, entries),
  };
  const judged = judgedRun(narrower);
  const { rows, answers } = judged;
  const value = valueOf(contract, rows, answers, input.header.startedAt, onlyByHand(steps));
  const of = (depth: 'shallow' | 'measured') =>
    value?.bars.find((bar) => bar.depth === depth)?.weeklyMinutesHundredths ?? 0;
  return {
    steps,
    input: narrower,
    judged,
    entries,
    earnedHundredths: value === null ? null : of('shallow') - of('measured'),
  };
}

function removedParts(
  { contract }: ScoreInput,
  after: Contract,
  steps: readonly NarrowingStep[],
): Narrowing['removed'] {
  const budgets = (contract.latency ?? []).filter(({ id }) => !after.latency?.some((entry) => entry.id === id));
  return steps.map(({ part, id }) => {
    const action = part === 'action' ? contract.actions?.find((one) => one.id === id) : undefined;
    const trigger = part === 'trigger' ? contract.triggers?.find((one) => one.id === id) : undefined;
    return {
      part,
      id,
      was: action?.kind ?? trigger?.kind ?? '',
      becomes: action === undefined ? ('removed' as const) : ('suggest' as const),
      undo: typeof action?.compensation === 'object',
      budgets: budgets
        .filter((entry) => (part === 'action' ? entry.answeredBy : entry.trigger) === id)
        .map((entry) => entry.id),
    };
  });
}

const decisionOf = ({ input, judged }: Variant): NonNullable<Narrowing['decision']> => {
  const { header, contract, organization, subjects } = input;
  const { value, reasons } = judged.decided;
  const scope = scopeOf(contract, organization, header, subjects, judged.rows);
  const nothing = { documented: 0, absent: 0, needs: 0, questions: 0 };
  const words = decisionWords(value, scope, reasons, { ...nothing, credentials: header.credentials });
  return { value, words };
};

/**
 * The largest contract that would get Go or Conditional go on the same evidence: nothing is measured anew, and the promise is
 * smaller. `subjectsFor` gives the subjects of a contract at an organization.
 */
export function narrowingOf(input: ScoreInput, subjectsFor: NonNullable<ScoreInput['narrow']>): Narrowing {
  const whole = variantOf(input, subjectsFor, []);
  if (whole === undefined) throw new Error('the contract itself is not whole');
  const steps = narrowingSteps(input.contract);
  const all = steps.length <= mostForAll;
  const base: Narrowing = {
    found: 'none',
    how: all ? 'all-combinations' : 'one-at-a-time',
    steps: steps.length,
    tried: 0,
    removed: [],
    organization: [],
    minutes: null,
    decision: null,
    reasons: [],
    sentence: '',
  };
  if (passes(whole)) {
    const sentence = 'Nothing has to go: the contract as it stands gets this decision.';
    return { ...base, found: 'not-needed', decision: decisionOf(whole), sentence };
  }
  const undecided = whole.judged.decided.value === 'none';
  const of = (chosen: readonly NarrowingStep[]) => variantOf(input, subjectsFor, chosen);
  const { tried, best, nearest } = undecided
    ? { tried: 0, best: undefined, nearest: whole }
    : (all ? searchAll : searchOneAtATime)(whole, steps, of);
  if (best === undefined) {
    return { ...base, tried, reasons: nearest.judged.decided.reasons, sentence: whyNone(undecided, tried, nearest) };
  }
  const [promised, left] = [
    promisedHundredths(input.contract, false),
    promisedHundredths(best.input.contract, onlyByHand(best.steps)),
  ];
  const assumption = valueOf(input.contract, [], [], input.header.startedAt)?.assumption ?? true;
  return {
    ...base,
    found: 'narrower',
    tried,
    removed: removedParts(input, best.input.contract, best.steps),
    organization: [...best.entries],
    minutes:
      promised === null || left === null || best.earnedHundredths === null
        ? null
        : {
            noLongerEarnedHundredths: promised - left,
            earnedHundredths: best.earnedHundredths,
            promisedHundredths: promised,
            assumption,
          },
    decision: decisionOf(best),
    sentence:
      'A smaller promise on the same evidence; nothing was measured anew, and whoever agreed to the contract has to agree again.',
  };
}

function whyNone(undecided: boolean, tried: number, { steps }: Variant): string {
  if (undecided) return 'There is no decision on this run, so none on a smaller contract either.';
  if (tried === 0) return 'Nothing that stands in the way goes with an action or with a trigger that is not primary.';
  const gone = steps.map(({ part, id }) => (part === 'action' ? `${id} only suggests` : `${id} is gone`));
  const nearest = gone.length === 0 ? 'the contract as it stands' : `the one in which ${gone.join(', ')}`;
  return `None of ${tried} smaller contracts gets Go or Conditional go. What stands in the way of ${nearest}:`;
}
