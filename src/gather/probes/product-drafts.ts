import type { Resource } from 'fhir/r4.js';
import { readSearchset } from '../../fhir/bundle.js';
import { countsAlready } from '../../model/committed-states.js';
import type { ContractAction, ContractTrigger } from '../../model/documents/contract.js';
import type { TestPatient } from '../../model/documents/organization.js';
import { missing, type Missing } from '../../model/fact.js';
import { stateElement } from '../action-steps.js';
import { productEventTemplate } from '../observers/product-events.js';
import { carries, createsByStatus } from '../observers/product-trial.js';
import { defineProbe, type ProbeTools, type RunDocuments } from '../probe.js';
import { ExchangeFault } from '../request.js';
import { isLive } from '../undo-state.js';

/** 0 of 10 shows a rate below 1 in 4 (one-sided 95 %). */
const mostDrafts = 10;
const looks = 3;
const pauseMs = { simulator: 200, elsewhere: 5_000 };

type Documents = Pick<RunDocuments, 'contract' | 'organization'>;

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

/** The product told of visits that have ended, and the state of what it made of them. */
export default defineProbe({
  id: 'product-drafts',
  phase: 'write',
  subjects: 'action',
  when: ({ item: { action } }) => action.review?.required === true && createsByStatus(action),
  needs: ['ai'],
  writes: 'all',
  brings: ['product-drafts'],
  sends: ({ item: { action } }, documents) =>
    whyNotTold(documents) === undefined
      ? [
          productEventTemplate(mostDrafts),
          { context: 'ai', method: 'POST', path: `${action.resource ?? ''}/_search?identifier`, most: looks },
        ]
      : [],
  async run({ item: { action } }, tools) {
    const why = whyNotTold(tools);
    const trigger = visitEnds(tools);
    if (why !== undefined || trigger === undefined || tools.product === undefined)
      return { 'product-drafts': why ?? missing('no-ai-system', 'the product has no webhook') };
    const visits = endedVisits(tools);
    if (visits.length === 0)
      return { 'product-drafts': missing('no-test-object', 'testData.encounters lists no visit that has ended') };
    const identifiers: string[] = [];
    for (const { id, patient } of visits) {
      const { exchange } = await tools.cases.proven(patient);
      tools.cite([exchange]);
      const identifier = tools.writer.newIdentifier();
      identifiers.push(identifier);
      await tools.product.tell({
        trigger: trigger.id,
        action: action.id,
        inputs: {},
        event: { resource: `Encounter/${id}`, change: 'update' },
        creates: { resourceType: action.resource ?? '', identifier },
      });
    }
    const drafts = await draftsOf(tools, action, identifiers);
    if (drafts.length === 0) return { 'product-drafts': missing('control-failed', 'the product made nothing') };
    const committed = drafts.filter((draft) => isCommitted(draft, action)).length;
    return { 'product-drafts': { told: visits.length, drafts: drafts.length, committed } };
  },
});

function endedVisits({ organization, cases }: ProbeTools): { readonly id: string; readonly patient: TestPatient }[] {
  const patients = new Map(cases.patients().map((patient) => [patient.alias, patient]));
  return (organization.testData?.encounters ?? [])
    .flatMap(({ id, patient: alias, closeable }) => {
      const patient = patients.get(alias);
      return closeable === true || patient === undefined ? [] : [{ id, patient }];
    })
    .slice(0, mostDrafts);
}

/** What carries one of the identifiers, each noted down to be taken back; a slow product gets a second and a third look. */
async function draftsOf(
  { clients: { ai }, organization, writer, pause, environmentClass }: ProbeTools,
  { resource: type = '' }: ContractAction,
  identifiers: readonly string[],
): Promise<readonly Resource[]> {
  const system = organization.writePolicy?.identifierSystem ?? '';
  const found = new Map<string, Resource>();
  for (let look = 1; look <= looks && found.size < identifiers.length; look++) {
    // What is not final yet may become so without anybody.
    await pause(environmentClass === 'simulator' ? pauseMs.simulator : pauseMs.elsewhere);
    const answer = await ai.search(type, [['identifier', identifiers.map((each) => `${system}|${each}`).join(',')]]);
    const page = readSearchset(answer.resource);
    if (!answer.ok || page === undefined || page === 'too-many') {
      const detail = `what the product has written cannot be searched (${answer.status})`;
      throw new ExchangeFault('prerequisite-failed', detail, answer.exchange);
    }
    for (const identifier of identifiers) {
      const own = page.matches.find((each) => isLive(each) && carries(each, system, identifier));
      if (own === undefined || found.has(identifier)) continue;
      found.set(identifier, own);
      await writer.found(identifier, own);
    }
  }
  return [...found.values()];
}

function isCommitted(draft: Resource, action: ContractAction): boolean {
  const state = (draft as unknown as Readonly<Record<string, unknown>>)[stateElement(action)];
  return typeof state === 'string' && (state === action.review?.endsIn || countsAlready(draft.resourceType, state));
}
