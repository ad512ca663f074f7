import { describe, expect, it } from 'vitest';
import { crossProblems } from '../../src/load/cross-problems.js';
import { loadContract, loadOrganization } from '../../src/load/documents.js';
import { bytesOf, contract, loadText, options, organization } from './loading.js';

const slot = (rest: string): string => contract(`resources: [{id: slot, type: Slot, ${rest}}]`);

const cases: Record<string, [text: string, ...problems: string[]]> = {
  'nothing wrong': [slot('find: "Slot?start=ge{{trigger.from}}&schedule.actor:Practitioner=x", fields: [Slot.start]')],
  'a latency entry of no trigger and no action': [
    contract('latency: [{id: a, trigger: cal, answeredBy: book, from: ai-request, to: ai-received}]'),
    'dangling-reference /latency/0/trigger 6:28',
    'dangling-reference /latency/0/answeredBy 6:45',
  ],
  'a role nobody has': [
    contract('permissions: {roles: [bot], productRoles: [boot], rules: [{role: nurse, actions: [book]}]}'),
    'dangling-reference /permissions/productRoles/0 6:44',
    'dangling-reference /permissions/rules/0/role 6:66',
    'dangling-reference /permissions/rules/0/actions/0 6:83',
  ],
  'an action seen by nobody known': [
    contract('permissions: {roles: [bot]}', 'actions: [{id: a, kind: suggest, visibleTo: [nurse], dependsOn: [b]}]'),
    'dangling-reference /actions/0/dependsOn/0 7:66',
    'dangling-reference /actions/0/visibleTo/0 7:46',
  ],
  'a template without a meaning': [
    slot(
      'find: "Slot?start={{trigger.to}}&status={{values.x}}&_id={{caller.id}}&_tag={{slot.strt}}&_text={{site.zone}}"',
    ),
    'dangling-reference /resources/0/find 5:42',
    'dangling-reference /resources/0/find 5:42',
    'unknown-template-name /resources/0/find 5:42',
    'path-not-in-r4 /resources/0/find 5:42',
  ],
  'FHIRPath that does not compile': [
    slot("fields: [{path: 'Slot.start.('}]"),
    'expression-does-not-compile /resources/0/fields/0/path 5:63',
  ],
  'FHIRPath too long to be one': [
    slot(`fields: ["${'1+'.repeat(400)}1"]`),
    'expression-does-not-compile /resources/0/fields/0 5:46',
  ],
  'a path R4 does not have': [
    slot('fields: [Slot.stat, Slot.schedule.reference]'),
    'path-not-in-r4 /resources/0/fields/0 5:50',
  ],
  'a path inside where()': [
    contract('resources: [{id: p, type: Patient, fields: ["Patient.name.where(usee = \'x\').family"]}]'),
    'path-not-in-r4 /resources/0/fields/0 5:65',
  ],
  'a condition on an element that is not there': [
    contract().replace('inputs: [from]', 'event: {resource: Appointment, condition: "%current.statuss = 1"}'),
    'path-not-in-r4 /triggers/0/event/condition 4:91',
  ],
  'a search of another type': [slot('find: Schedule?actor=x'), 'search-type-differs /resources/0/find 5:42'],
  'a parameter R4 does not have': [slot('find: Slot?slot-mood=x'), 'unknown-search-parameter /resources/0/find 5:42'],
  'a parameter listed as local': [slot('find: Slot?slot-mood=x, local: [slot-mood]')],
  'a type R4 does not have': [
    contract('resources: [{id: a, type: Sloth}]'),
    'unknown-resource-type /resources/0/type 5:27',
  ],
  'an id twice': [contract('success: [{id: a}, {id: a}]'), 'duplicate-id /success/1/id 6:25'],
  'an environment that decides and is not there': [
    organization('metadata2: x')
      .replace('{id: test}', '{id: test, decisionEnvironment: prod}')
      .replace('metadata2: x\n', ''),
    'dangling-reference /metadata/decisionEnvironment 3:43',
  ],
  'test data that point nowhere': [
    organization(
      'testData: {patients: [{alias: p, id: "1", site: s, synthetic: true, canary: ZZTESTALPHA}], twins: [[p, q]], slots: {schedule: "9"}}',
    ),
    'dangling-reference /testData/patients/0/site 4:49',
    'dangling-reference /testData/twins/0/1 4:104',
    'dangling-reference /testData/slots/schedule 4:127',
  ],
  'an alias twice': [
    organization(
      'testData: {patients: [{alias: p, id: "1", synthetic: true, canary: ZZTESTALPHA}, {alias: p, id: "1", synthetic: true, canary: ZZTESTBRAVO}]}',
    ),
    'duplicate-id /testData/patients/1/alias 4:90',
  ],
};

describe('what loads and is judged later', () => {
  for (const [name, [text, ...problems]] of Object.entries(cases)) {
    it(name, async () => {
      const loaded = await loadText(text);
      expect(
        loaded.problems.map(({ code, pointer, span }) => `${code} ${pointer} ${span.line}:${span.column}`),
      ).toEqual(problems);
    });
  }

  it('names what is near', async () => {
    const { problems } = await loadText(
      contract('latency: [{id: a, trigger: cal, from: ai-request, to: ai-received}]'),
    );
    expect(problems[0]?.data).toEqual({ kind: 'trigger', name: 'cal', known: ['call'] });
  });

  it('is not looked for when nobody asks', async () => {
    const text = contract('latency: [{id: a, trigger: cal, from: ai-request, to: ai-received}]');
    expect((await loadContract(bytesOf(text), { ...options, judge: false })).problems).toEqual([]);
  });
});

describe('a contract and an organization that do not fit', () => {
  const against = async (contractText: string, organizationText: string): Promise<string[]> => {
    const problems = crossProblems(
      await loadContract(bytesOf(contractText, 'c.yaml'), options),
      await loadOrganization(bytesOf(organizationText, 'o.yaml'), options),
    );
    return problems.map(({ code, pointer, span }) => `${code} ${pointer} ${span.file}:${span.line}`);
  };

  it('names of the other file', async () => {
    const text = contract('permissions: {roles: [bot]}', 'success: [{id: touchless}]');
    const profile = organization(
      'channels: {caall: {kind: external}}',
      'paths: {book: {via: screen}}',
      'contexts: [{id: c, role: nurse, binding: b}]',
      'metrics: [{metric: touch}]',
    );
    expect(await against(text, profile)).toEqual([
      'dangling-reference /channels/caall o.yaml:4',
      'dangling-reference /paths/book o.yaml:5',
      'dangling-reference /contexts/0/role o.yaml:6',
      'dangling-reference /metrics/0/metric o.yaml:7',
    ]);
  });

  it('an identifier system the organization does not list, once it lists any', async () => {
    const text = contract(
      'resources: [{id: p, type: Patient, find: "Patient?identifier={{identifierSystems.mrn}}|1"}]',
    );
    expect(await against(text, organization())).toEqual([]);
    expect(await against(text, organization('identifierSystems: {visit: x}'))).toEqual([
      'dangling-reference /resources/0/find c.yaml:5',
    ]);
  });

  it('overrides', async () => {
    const text = contract(
      'latency: [{id: a, from: ai-request, to: ai-received, budget: PT1S}]',
      'overrides: [{path: "latency[a].budget", allowed: {max: PT2S}}, {path: values.x, mandatory: true}]',
    );
    const profile = organization('overrides: {"latency[a].budget": PT3S, "latency[b].budget": PT1S}');
    expect(await against(text, profile)).toEqual([
      'override-missing /overrides/1/path c.yaml:7',
      'override-not-declared /overrides/latency[b].budget o.yaml:4',
      'override-not-allowed /overrides/latency[a].budget o.yaml:4',
    ]);
  });
});
