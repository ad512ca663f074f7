import { patientsOf } from '../../fhir/reference.js';
import type { ContractAction } from '../../model/documents/contract.js';
import { isMissing, missing, type FactValue, type Missing } from '../../model/fact.js';
import { gapCases, mostGaps } from '../observers/gap-cases.js';
import { reactionOf } from '../observers/hard-cases.js';
import { notedTrials } from '../observers/product-holds.js';
import { asProduct, createsByStatus } from '../observers/product-trial.js';
import { isCommitted, VisitTrials, visitTrialTemplates, whyNotTold, type Told } from '../observers/visit-trials.js';
import { defineProbe, type ProbeTools, type RunDocuments } from '../probe.js';

/** 0 of 10 shows a rate below 1 in 4 (one-sided 95 %). */
const mostDrafts = 10;
/** Where nothing can be taken back (checks A.0); too few to show that the product holds anything. */
const mostDraftsLeft = 3;

const draftsAllowed = ({ writePolicy }: RunDocuments['organization']): number =>
  (writePolicy?.cleanup ?? 'none') === 'none' ? mostDraftsLeft : mostDrafts;

/** Told once more of a visit, it may draft once more. */
const isToldAgain = (action: ContractAction, { writePolicy }: RunDocuments['organization']): boolean =>
  action.controls?.noDuplicate?.heldBy === 'product' && (writePolicy?.cleanup ?? 'none') !== 'none';

/**
 * The product told of visits that have ended, and the state of what it made of them. Between two halves of them stand
 * visits of patients whose record lacks what the contract calls a must. Where the product is to hold that nothing is made
 * twice, it is told of each visit again.
 */
export default defineProbe({
  id: 'product-drafts',
  phase: 'write',
  subjects: 'action',
  when: ({ item: { action } }) => action.review?.required === true && createsByStatus(action),
  needs: ['ai'],
  writes: 'all',
  brings: ['product-drafts', 'asked-with-gaps', 'product-trials'],
  sends({ item: { action } }, documents) {
    if (whyNotTold(documents) !== undefined) return [];
    const { organization } = documents;
    const drafts = draftsAllowed(organization);
    return visitTrialTemplates(action, mostGaps + drafts * (isToldAgain(action, organization) ? 2 : 1), 1);
  },
  async run({ item: { action } }, tools) {
    const why = whyNotTold(tools);
    if (why !== undefined) return { 'product-drafts': why };
    const trials = new VisitTrials(tools, action);
    const visits = trials.visitsOf(tools.cases.patients()).slice(0, draftsAllowed(tools.organization));
    if (visits.length === 0)
      return { 'product-drafts': missing('no-test-object', 'testData.encounters lists no visit that has ended') };
    const withGaps = trials.visitsOf(tools.cases.withGaps());
    const gaps = await gapCases(tools, ({ alias }) => withGaps.some(({ patient }) => patient.alias === alias));
    const lacking = isMissing(gaps)
      ? []
      : gaps.cases.flatMap(({ patients: [first] }) => withGaps.find(({ patient }) => patient === first) ?? []);
    const half = Math.ceil(visits.length / 2);
    const before = await trials.recordsOf(lacking);
    const first = await trials.tellAll(visits.slice(0, half));
    const asked = await trials.tellAll(lacking);
    const second = await trials.tellAll(visits.slice(half));
    const ordinary = [...first, ...second];
    if (isToldAgain(action, tools.organization)) for (const each of ordinary) await trials.tellAgain(each);
    const made = await trials.madeFor([...first, ...asked, ...second]);
    const drafts = ordinary.flatMap(({ identifier }) => made.get(identifier) ?? []);
    if (drafts.length === 0) return { 'product-drafts': missing('control-failed', 'the product made nothing') };
    const seen = {
      'product-drafts': {
        told: visits.length,
        drafts: drafts.length,
        committed: drafts.filter((draft) => isCommitted(draft, action)).length,
      },
      'product-trials': await repeatTrials(tools, action, ordinary, made),
    };
    if (isMissing(gaps)) return { ...seen, 'asked-with-gaps': { about: { run: gaps } } };
    const after = await trials.recordsOf(lacking);
    const reactions = [];
    for (const one of asked) {
      const written = [...after.values()].filter(
        (each) => !before.has(each.id) && patientsOf(each).includes(one.patient.id),
      );
      for (const each of written) {
        const own = made.get(one.identifier)?.some(({ id }) => id === each.id);
        if (own !== true) await tools.writer.foreign(asProduct(tools), action.id, each);
      }
      reactions.push(reactionOf(one.answer, written.length));
    }
    const served = (told: readonly Told[]): boolean => told.some(({ identifier }) => made.has(identifier));
    const controls = { servedBefore: served(first), servedAfter: served(second) };
    return { ...seen, 'asked-with-gaps': { about: { run: await gaps.fact(reactions, controls) } } };
  },
});

async function repeatTrials(
  tools: ProbeTools,
  action: ContractAction,
  told: readonly Told[],
  made: Awaited<ReturnType<VisitTrials['madeFor']>>,
): Promise<FactValue<'product-trials'> | Missing> {
  if (!isToldAgain(action, tools.organization))
    return missing('not-gathered', 'the product is not said to hold that nothing is made twice');
  const each = told.flatMap(({ identifier }) => made.get(identifier)?.length ?? []);
  const breaches = each.filter((objects) => objects > 1).length;
  return notedTrials(tools, action.id, { control: 'noDuplicate', trials: each.length, breaches });
}
