import type { Resource } from 'fhir/r4.js';
import { readSearchset } from '../../fhir/bundle.js';
import { createsSomething, createsThroughFhir } from '../../model/actions.js';
import { countsAlready } from '../../model/committed-states.js';
import type { Contract, ContractResource } from '../../model/documents/contract.js';
import type { TestPatient } from '../../model/documents/organization.js';
import { missing, type FactValue, type Missing } from '../../model/fact.js';
import { searchTemplate, stateElement } from '../action-steps.js';
import { createSequence, keyQuery } from '../business-key.js';
import { createdObjectTemplates, storedObject } from '../created-object.js';
import { KeyTrial } from '../key-trial.js';
import { otherForm } from '../other-form.js';
import { defineProbe, type ProbeTools } from '../probe.js';
import { ExchangeFault, type RequestTemplate } from '../request.js';
import { fillSearch, holesOf } from '../template-values.js';

type Found = FactValue<'patient-twins'>['found'][number];

/** The contract's sequence once more for what is there already, in other words; and two patients of one name. */
export default defineProbe({
  id: 'business-duplicate',
  phase: 'write',
  subjects: 'action',
  when: ({ item: { action, path } }) => createsSomething(action) && createsThroughFhir(action, path?.via),
  needs: ['ai'],
  writes: 'all',
  brings: ['business-duplicate', 'patient-twins'],
  sends: (subject, documents) => {
    const { action } = subject.item;
    const type = action.resource ?? '';
    const query = keyQuery(action, type);
    const byName = searchByName(documents.contract);
    return [
      ...createdObjectTemplates(subject, documents),
      ...(query === undefined ? [] : [searchTemplate('ai', query, 2)]),
      { context: 'ai', method: 'POST', path: type, most: 1, mutates: true },
      { context: 'ai', method: 'GET', path: `${type}/{id}`, most: 1 },
      searchTemplate('ai', `${type}?identifier=`, 1),
      ...(byName?.find === undefined ? [] : [searchTemplate('ai', byName.find, 2)]),
    ] satisfies RequestTemplate[];
  },
  async run(subject, tools) {
    const { action } = subject.item;
    const sequence = createSequence(action);
    return {
      'business-duplicate':
        sequence === undefined
          ? missing('undecided', 'the contract names nothing that tells a repeated write from a new one')
          : await inOtherWords(subject, tools, sequence),
      'patient-twins': await tools.once('patient-twins', () => twins(tools)),
    };
  },
});

async function inOtherWords(
  subject: Parameters<typeof storedObject>[0],
  tools: ProbeTools,
  sequence: FactValue<'business-duplicate'>['sequence'],
): Promise<FactValue<'business-duplicate'>> {
  const { action } = subject.item;
  const { filled, stored } = await storedObject(subject, tools);
  const trial = new KeyTrial(tools, tools.clients.ai, action, sequence, otherForm(filled));
  const answer = await trial.attempt();
  const others = [...(await trial.living())].filter(([id]) => id !== stored.id).map(([, resource]) => resource);
  const element = stateElement(action);
  const stateOf = (resource: Resource): unknown => (resource as unknown as Record<string, unknown>)[element];
  const asked = stateOf(filled.body);
  const flagged = others.filter((resource) => {
    const state = stateOf(resource);
    return typeof state === 'string' && state !== asked && !countsAlready(resource.resourceType, state);
  });
  return {
    sequence,
    ...(answer === undefined ? {} : { status: answer.status }),
    objects: 1 + others.length,
    flagged: flagged.length,
  };
}

/** The search by which the contract finds a patient nobody has opened yet. */
const searchByName = (contract: Contract): ContractResource | undefined =>
  contract.resources?.find(
    ({ type, find }) =>
      type === 'Patient' && holesOf(find).some((hole) => ['trigger.family', 'trigger.birthDate'].includes(hole)),
  );

async function twins(tools: ProbeTools): Promise<FactValue<'patient-twins'> | Missing> {
  const { contract, organization, cases } = tools;
  const behaviour = contract.failure?.['duplicate-suspected']?.behaviour ?? null;
  const resource = searchByName(contract);
  if (resource?.find === undefined) return { found: [], behaviour };
  const pair = organization.testData?.twins?.[0]?.map((alias) =>
    cases.patients().find((patient) => patient.alias === alias),
  );
  const [one, other] = pair ?? [];
  if (one === undefined || other === undefined) {
    return missing('no-test-object', 'testData.twins names no two test patients of one name and birth date');
  }
  const asked = new Map<string, Promise<readonly string[]>>();
  const found: Found[] = [];
  for (const [own, twin] of [
    [one, other],
    [other, one],
  ] as const) {
    const ids = await find(tools, resource.find, own, asked);
    const [seesOwn, seesTwin] = [ids.includes(own.id), ids.includes(twin.id)];
    found.push(seesOwn ? (seesTwin ? 'both' : 'own') : seesTwin ? 'other' : 'neither');
  }
  return { found, behaviour };
}

// Two of one name are asked for in the same words, once.
async function find(
  { cases, clients: { ai }, startedAt }: ProbeTools,
  template: string,
  patient: TestPatient,
  asked: Map<string, Promise<readonly string[]>>,
): Promise<readonly string[]> {
  const { type, parameters } = fillSearch(template, await cases.values(patient, holesOf(template)), startedAt);
  const search = async (): Promise<string[]> => {
    const answer = await ai.search(type, parameters);
    const page = readSearchset(answer.resource);
    if (!answer.ok || page === undefined || page === 'too-many') {
      throw new ExchangeFault(
        'prerequisite-failed',
        `the contract's search for patients was answered ${answer.status}`,
        answer.exchange,
      );
    }
    return page.matches.flatMap(({ resourceType, id }) => (resourceType === type && id !== undefined ? [id] : []));
  };
  const key = JSON.stringify(parameters);
  const ids = asked.get(key) ?? search();
  asked.set(key, ids);
  return ids;
}
