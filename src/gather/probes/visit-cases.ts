import { patientsOf } from '../../fhir/reference.js';
import type { ContractAction } from '../../model/documents/contract.js';
import { parseDurationMs } from '../../model/documents/duration.js';
import { isMissing, missing, type FactValue, type Missing } from '../../model/fact.js';
import { longestReviewWaitMs } from '../../model/review.js';
import { reactionOf, type Reaction } from '../observers/hard-cases.js';
import { labelledVisit, labelledVisitTemplates } from '../observers/labelled-visit.js';
import { asProduct, createsByStatus } from '../observers/product-trial.js';
import { forbiddenWish, whyNotUnfit } from '../observers/unfit-cases.js';
import { isCommitted, VisitTrials, visitTrialTemplates, whyNotTold, type Told } from '../observers/visit-trials.js';
import { defineProbe, type ProbeTools } from '../probe.js';

const controls = 2;
const hardCases = 2;
/** What a product does at the deadline takes it a moment. */
const afterDeadlineMs = { simulator: 1_000, elsewhere: 5_000 };

/** How long a draft is left alone; undefined where nobody agreed, or nobody waits for it. */
function waitMs({ review }: ContractAction): number | undefined {
  if (review?.deadline === undefined) return undefined;
  const deadlineMs = parseDurationMs(review.deadline);
  return deadlineMs > longestReviewWaitMs ? undefined : deadlineMs;
}

/**
 * The product told of visits it must draft nothing for: one under a sensitivity label, and one with a wish the contract
 * forbids; between two it drafts for. The first of these drafts is left alone until its review is overdue.
 */
export default defineProbe({
  id: 'visit-cases',
  phase: 'write',
  subjects: 'action',
  when: ({ item: { action } }) => action.review?.required === true && createsByStatus(action),
  needs: ['ai'],
  writes: 'all',
  brings: ['asked-in-doubt', 'asked-without-access', 'review-expiry'],
  sends({ item: { action } }, documents) {
    if (whyNotTold(documents) !== undefined) return [];
    return [
      ...visitTrialTemplates(action, controls + hardCases, waitMs(action) === undefined ? 1 : 2),
      ...labelledVisitTemplates(documents),
    ];
  },
  async run({ item: { action } }, tools) {
    const everything = (reason: Missing) => ({
      'asked-in-doubt': { about: { run: reason } },
      'asked-without-access': { about: { run: reason } },
      'review-expiry': { about: { run: reason } },
    });
    const why = whyNotTold(tools);
    if (why !== undefined) return everything(why);
    const trials = new VisitTrials(tools, action);
    // The first ones are told to show how it drafts.
    const [before, wished, after] = trials.visitsOf(tools.cases.patients()).slice(-(controls + 1));
    if (before === undefined || wished === undefined || after === undefined)
      return everything(missing('no-test-object', 'testData.encounters lists fewer than three visits that have ended'));
    const wish = forbiddenWish(action);
    const doubted: Missing | undefined =
      whyNotUnfit(tools) ??
      (wish === undefined ? missing('undecided', 'the contract forbids the action no state') : undefined);
    const labelled = await labelledVisit(tools);
    const hidden = isMissing(labelled) ? undefined : labelled;
    const concerned = [...(doubted === undefined ? [wished] : []), ...(hidden === undefined ? [] : [hidden.visit])];
    const there = await trials.recordsOf(concerned);
    const first = await trials.tell(before);
    const withWish =
      doubted === undefined && wish !== undefined ? await trials.tell(wished, { action: wish }) : undefined;
    const withLabel = hidden && (await trials.tell(hidden.visit, { inputs: hidden.inputs, lookFor: hidden.secret }));
    const last = await trials.tell(after);
    const told = [first, withWish, withLabel, last].filter((each) => each !== undefined);
    const made = await trials.madeFor(told);
    const since = [...(await trials.recordsOf(concerned)).values()].filter(({ id }) => !there.has(id));
    const reaction = async ({ identifier, patient, answer }: Told): Promise<Reaction> => {
      const own = made.get(identifier) ?? [];
      const others = since.filter(
        (each) => patientsOf(each).includes(patient.id) && !own.some(({ id }) => id === each.id),
      );
      for (const each of others) await tools.writer.foreign(asProduct(tools), action.id, each);
      return reactionOf(answer, own.length + others.length);
    };
    const served = { servedBefore: made.has(first.identifier), servedAfter: made.has(last.identifier) };
    const nobody = missing('control-failed', 'the product drafts nothing for an ordinary visit');
    const doubt = async (): Promise<FactValue<'asked-in-doubt'> | Missing> => {
      if (withWish === undefined) return doubted ?? nobody;
      const { leaked: _leaked, ...seen } = await reaction(withWish);
      const row = { doubt: 'off-policy', wish: wish ?? null, patients: [wished.patient.alias] } as const;
      return { ...served, cases: [{ ...row, patients: [...row.patients], ...seen }] };
    };
    return {
      'asked-in-doubt': { about: { run: await doubt() } },
      'asked-without-access': {
        about: {
          run:
            hidden === undefined || withLabel === undefined
              ? isMissing(labelled)
                ? labelled
                : nobody
              : { ...served, cases: [await hidden.row(await reaction(withLabel))] },
        },
      },
      'review-expiry': { about: { run: await expiry(tools, action, trials, first, told) } },
    };
  },
});

/** What became of a draft when its review was overdue; with what other actions have shown. */
async function expiry(
  tools: ProbeTools,
  action: ContractAction,
  trials: VisitTrials,
  first: Told,
  told: readonly Told[],
): Promise<FactValue<'review-expiry'> | Missing> {
  const deadlineMs = waitMs(action);
  if (deadlineMs === undefined) return missing('not-yet', 'no draft is due for review within half a minute');
  const { environmentClass, pause, once } = tools;
  const grace = environmentClass === 'simulator' ? afterDeadlineMs.simulator : afterDeadlineMs.elsewhere;
  await pause(Math.max(0, first.atMs + first.answer.durationMs + deadlineMs + grace - performance.now()));
  // What has become of the others meanwhile is noted down too.
  const [draft] = (await trials.madeFor(told)).get(first.identifier) ?? [];
  const left = draft === undefined ? 'gone' : isCommitted(draft, action) ? 'committed' : 'draft';
  const all = await once<FactValue<'review-expiry'>[number][]>('review-expiry', () => Promise.resolve([]));
  all.push({ action: action.id, deadlineMs, left });
  return [...all];
}
