import type { Resource } from 'fhir/r4.js';
import { patientsOf } from '../../fhir/reference.js';
import { countsAlready } from '../../model/committed-states.js';
import type { ContractAction, ContractTrigger } from '../../model/documents/contract.js';
import type { TestPatient } from '../../model/documents/organization.js';
import { isMissing, missing, type Missing } from '../../model/fact.js';
import { stateElement } from '../action-steps.js';
import { gapCases, mostGaps } from '../observers/gap-cases.js';
import { livingObjects, ofPatients, reactionOf, recordSearch } from '../observers/hard-cases.js';
import { productEventTemplate, type ProductAnswer } from '../observers/product-events.js';
import { asProduct, carries, createsByStatus } from '../observers/product-trial.js';
import { defineProbe, type ProbeTools, type RunDocuments } from '../probe.js';

/** 0 of 10 shows a rate below 1 in 4 (one-sided 95 %). */
const mostDrafts = 10;
/** Where nothing can be taken back (checks A.0); too few to show that the product holds the gate. */
const mostDraftsLeft = 3;
const looks = 3;
const pauseMs = { simulator: 200, elsewhere: 5_000 };

type Documents = Pick<RunDocuments, 'contract' | 'organization'>;

const draftsAllowed = ({ writePolicy }: RunDocuments['organization']): number =>
  (writePolicy?.cleanup ?? 'none') === 'none' ? mostDraftsLeft : mostDrafts;

interface Visit {
  readonly id: string;
  readonly patient: TestPatient;
}

/** A visit the product was told of, and the identifier of what it was to make. */
interface Told extends Visit {
  readonly identifier: string;
  readonly answer: ProductAnswer;
}

/** The end of a visit, which the test data can tell of. */
const visitEnds = ({ contract }: Documents): ContractTrigger | undefined =>
  (contract.triggers ?? []).find(({ kind, event }) => kind === 'ehr-event' && event?.resource === 'Encounter');

function whyNotTold(documents: Documents): Missing | undefined {
  if (documents.organization.aiSystem?.webhook === undefined)
    return missing('no-ai-system', 'aiSystem.webhook is not in the organization file');
  return visitEnds(documents) === undefined
    ? missing('no-ai-system', 'the product cannot be told of what it drafts something for')
    : undefined;
}

/**
 * The product told of visits that have ended, and the state of what it made of them. Between two halves of them stand
 * visits of patients whose record lacks what the contract calls a must.
 */
export default defineProbe({
  id: 'product-drafts',
  phase: 'write',
  subjects: 'action',
  when: ({ item: { action } }) => action.review?.required === true && createsByStatus(action),
  needs: ['ai'],
  writes: 'all',
  brings: ['product-drafts', 'asked-with-gaps'],
  sends: ({ item: { action } }, documents) =>
    whyNotTold(documents) === undefined
      ? [
          productEventTemplate(draftsAllowed(documents.organization) + mostGaps),
          { context: 'ai', method: 'POST', path: `${action.resource ?? ''}/_search?identifier`, most: looks },
          recordSearch('ai', action, 2),
        ]
      : [],
  async run({ item: { action } }, tools) {
    const why = whyNotTold(tools);
    const trigger = visitEnds(tools);
    if (why !== undefined || trigger === undefined) return { 'product-drafts': why ?? missing('no-ai-system') };
    const visits = visitsOf(tools, tools.cases.patients()).slice(0, draftsAllowed(tools.organization));
    if (visits.length === 0)
      return { 'product-drafts': missing('no-test-object', 'testData.encounters lists no visit that has ended') };
    const withGaps = visitsOf(tools, tools.cases.withGaps());
    const gaps = await gapCases(tools, ({ alias }) => withGaps.some(({ patient }) => patient.alias === alias));
    const lacking = isMissing(gaps)
      ? []
      : gaps.cases.flatMap(({ patients: [first] }) => withGaps.find(({ patient }) => patient === first) ?? []);
    const half = Math.ceil(visits.length / 2);
    const before = await recordsOf(tools, action, lacking);
    const first = await tellAll(tools, trigger, action, visits.slice(0, half));
    const asked = await tellAll(tools, trigger, action, lacking);
    const second = await tellAll(tools, trigger, action, visits.slice(half));
    const made = await madeFor(tools, action, [...first, ...asked, ...second]);
    const drafts = [...first, ...second].flatMap(({ identifier }) => made.get(identifier) ?? []);
    if (drafts.length === 0) return { 'product-drafts': missing('control-failed', 'the product made nothing') };
    const committed = drafts.filter((draft) => isCommitted(draft, action)).length;
    const seen = { told: visits.length, drafts: drafts.length, committed };
    if (isMissing(gaps)) return { 'product-drafts': seen, 'asked-with-gaps': { about: { run: gaps } } };
    const after = await recordsOf(tools, action, lacking);
    const reactions = [];
    for (const one of asked) {
      const written = [...after.values()].filter(
        (each) => !before.has(each.id) && patientsOf(each).includes(one.patient.id),
      );
      for (const each of written) {
        const own = made.get(one.identifier)?.id === each.id;
        if (!own) await tools.writer.foreign(asProduct(tools), action.id, each);
      }
      reactions.push(reactionOf(one.answer, written.length));
    }
    const served = (told: readonly Told[]) => told.some(({ identifier }) => made.has(identifier));
    const controls = { servedBefore: served(first), servedAfter: served(second) };
    return { 'product-drafts': seen, 'asked-with-gaps': { about: { run: await gaps.fact(reactions, controls) } } };
  },
});

/** Visits of these patients that have ended. */
function visitsOf({ organization }: ProbeTools, patients: readonly TestPatient[]): Visit[] {
  const byAlias = new Map(patients.map((patient) => [patient.alias, patient]));
  return (organization.testData?.encounters ?? []).flatMap(({ id, patient: alias, closeable }) => {
    const patient = byAlias.get(alias);
    return closeable === true || patient === undefined ? [] : [{ id, patient }];
  });
}

async function tellAll(
  tools: ProbeTools,
  trigger: ContractTrigger,
  action: ContractAction,
  visits: readonly Visit[],
): Promise<Told[]> {
  const told: Told[] = [];
  for (const visit of visits) {
    const { exchange } = await tools.cases.proven(visit.patient);
    tools.cite([exchange]);
    const identifier = tools.writer.newIdentifier();
    const answer = await tools.product?.tell({
      trigger: trigger.id,
      action: action.id,
      inputs: {},
      event: { resource: `Encounter/${visit.id}`, change: 'update' },
      creates: { resourceType: action.resource ?? '', identifier },
    });
    if (answer !== undefined) told.push({ ...visit, identifier, answer });
  }
  return told;
}

/** What carries the identifier of a case, noted down to be taken back; a slow product gets a second and a third look. */
async function madeFor(
  { clients: { ai }, organization, writer, pause, environmentClass }: ProbeTools,
  { resource: type = '' }: ContractAction,
  told: readonly Told[],
): Promise<ReadonlyMap<string, Resource>> {
  const system = organization.writePolicy?.identifierSystem ?? '';
  const expected = told.filter(({ answer }) => answer.outcome === undefined || answer.outcome === 'drafted');
  const found = new Map<string, Resource>();
  for (let look = 1; look <= looks && (look === 1 || expected.some((each) => !found.has(each.identifier))); look++) {
    // What is not final yet may become so without anybody.
    await pause(environmentClass === 'simulator' ? pauseMs.simulator : pauseMs.elsewhere);
    const values = told.map(({ identifier }) => `${system}|${identifier}`);
    const rows = await livingObjects(ai, type, [['identifier', values.join(',')]]);
    for (const { identifier } of told) {
      const own = rows.find((each) => carries(each, system, identifier));
      if (own === undefined || found.has(identifier)) continue;
      found.set(identifier, own);
      await writer.found(identifier, own);
    }
  }
  return found;
}

/** What the EHR holds of the patients of these visits, by id. */
async function recordsOf(
  { clients: { ai } }: ProbeTools,
  { resource: type = '' }: ContractAction,
  visits: readonly Visit[],
): Promise<ReadonlyMap<string, Resource & { readonly id: string }>> {
  if (visits.length === 0) return new Map();
  const rows = await livingObjects(ai, type, ofPatients(visits.map(({ patient }) => patient)));
  return new Map(rows.map((row) => [row.id, row]));
}

function isCommitted(draft: Resource, action: ContractAction): boolean {
  const state = (draft as unknown as Readonly<Record<string, unknown>>)[stateElement(action)];
  return typeof state === 'string' && (state === action.review?.endsIn || countsAlready(draft.resourceType, state));
}
