import { describe, expect, it } from 'vitest';
import { DocumentError } from '../../src/load/document-fault.js';
import { contract, loadText, organization, refusal } from './loading.js';

const binding = (rest: string): string =>
  organization('auth:', '  bindings:', `    - {id: bot, environment: test, usedBy: ai-system, flow: backend, ${rest}}`);
const nested = (depth: number): string => `x-deep: ${'['.repeat(depth)}1${']'.repeat(depth)}`;
const bomb = [
  'x-a: &a [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]',
  ...'bcdefghi'.split('').map((name, index) => {
    const before = String.fromCodePoint('a'.codePointAt(0)! + index);
    return `x-${name}: &${name} [${Array.from({ length: 10 }, () => `*${before}`).join(', ')}]`;
  }),
];

// What each file is refused for: code, line and column.
const cases: Record<string, [text: string, ...faults: string[]]> = {
  'broken YAML': [contract('intent: {problem: x'), 'broken-yaml 7:1'],
  'a tab as indentation': ['kind: WorkflowContract\nmetadata:\n\tid: x\n', 'broken-yaml 3:1'],
  'an empty file': ['', 'empty-file 1:1'],
  'only a comment': ['# nothing\n', 'empty-file 1:1'],
  'a second document': [contract('---', 'a: 1'), 'several-documents 6:1'],
  'no kind': ['metadata: {id: x}\n', 'unknown-kind 1:1'],
  'another kind': ['kind: Recipe\n', 'unknown-kind 1:7'],
  'not a map': ['- kind\n', 'unknown-kind 1:1'],
  'an unknown key': [contract('resources: [{id: slot, type: Slot, fresness: {maxAge: 10s}}]'), 'unknown-key 5:36'],
  'a misspelt required key': [contract('latency: [{idd: a, from: ai-request, to: ai-received}]'), 'unknown-key 6:12'],
  'a missing key': [contract('latency: [{id: a, from: ai-request}]'), 'missing-key 6:11'],
  'a number for a text': [contract('audit: {incidentPath: 12}'), 'wrong-type 6:23'],
  'a text for a list': [contract('audit: {expect: all}'), 'wrong-type 6:17'],
  'a word that is none': [contract('productScreens: embeded'), 'wrong-value 6:17'],
  'a duration that is none': [contract('audit: {maxLag: 3 days}'), 'wrong-value 6:17'],
  'a date that does not exist': [
    contract().replace('{id: test}', '{id: test, agreedOn: 2026-02-30}'),
    'wrong-value 3:32',
  ],
  'a wrong key in one branch of a union': [
    contract('resources: [{id: slot, type: Slot, fields: [{path: Slot.start, ned: must}]}]'),
    'unknown-key 5:64',
  ],
  'several faults, in file order': [
    contract('intent: {outOfScope: []}', 'productScreens: x', 'audit: {granularity: 1}'),
    'wrong-value 6:22',
    'wrong-value 7:17',
    'wrong-value 8:22',
  ],
  '__proto__ as a key': [contract('__proto__: {polluted: true}'), 'forbidden-key 6:1'],
  'a nested __proto__': [contract('x-a: {b: [{__proto__: {polluted: true}}]}'), 'forbidden-key 6:12'],
  'constructor and prototype': [contract('x-a: {constructor: {prototype: {polluted: true}}}'), 'forbidden-key 6:7'],
  'a key twice': [contract('productScreens: none', 'productScreens: none'), 'duplicate-key 7:1'],
  'a key twice in other spelling': [contract('x-a: {1: a, "1": b}'), 'duplicate-key 6:13'],
  'a list as a key': [contract('x-a: {[1]: a}'), 'key-not-text 6:7'],
  'a merge key': [contract('x-a: &a {b: 1}', 'x-b: {<<: *a}'), 'merge-key 7:7'],
  'a custom tag': [contract('x-a: !secret hunter2'), 'custom-tag 6:6'],
  'a binary tag': [contract('x-a: !!binary aGk='), 'custom-tag 6:15'],
  'too deep': [contract(nested(70)), 'too-deep 6:73'],
  'an alias bomb': [contract(...bomb), 'too-many-aliases 7:14'],
  'an alias to its own ancestor': [contract('x-a: &a [*a]'), 'too-deep 6:9'],
  'an alias without an anchor': [contract('x-a: *nothing'), 'unknown-alias 6:6'],
  'a name that is none as a key': [organization('channels: {a b: {kind: external}}'), 'unknown-key 4:12'],
  'more values than fit': [contract(`x-a: [${'1,'.repeat(60_000)}]`), 'too-many-values 6:99975'],
  'more than 1 MiB': [contract(`x-a: ${'a'.repeat(1024 * 1024)}`), 'file-too-large'],
  'a template nobody ships': [
    contract().replace('metadata', 'extends: scheduling-voicebot\nmetadata'),
    'unknown-template 3:10',
  ],
  'a template outside the folder': [
    contract().replace('metadata', 'extends: ../../secret\nmetadata'),
    'unknown-template 3:10',
  ],
  'no trigger and no resource': [
    'apiVersion: ehr-scorecard/v1\nkind: WorkflowContract\nmetadata: {id: x}\n',
    'missing-key 1:1',
  ],
  'find on another host': [
    contract('resources: [{id: slot, type: Slot, find: "https://evil.example/Slot"}]'),
    'absolute-url 5:42',
  ],
  'find on a host without a scheme': [
    contract('resources: [{id: slot, type: Slot, find: //evil.example/Slot}]'),
    'absolute-url 5:42',
  ],
  'observe above the base': [
    contract('actions: [{id: a, kind: suggest, observe: "Slot/../../x"}]'),
    'absolute-url 6:43',
  ],
  'a reference in a contract': [
    contract('actions: [{id: a, kind: draft, body: {x: {ref: env:EHR_SCORECARD_X}}}]'),
    'reference-outside-organization 6:43',
  ],
  'a header with power': [contract('audit: {correlationHeader: Authorization}'), 'forbidden-header 6:28'],
  'a host header': [contract('audit: {correlationHeader: host}'), 'forbidden-header 6:28'],
  'headers in a request template': [
    contract('actions: [{id: a, kind: draft, path: {do: {method: GET, url: Slot, headers: {Host: x}}}}]'),
    'unknown-key 6:68',
  ],
  'an override point that selects nothing': [
    contract('overrides: [{path: "latency[nothing].budget"}]'),
    'selector-matches-nothing 6:20',
  ],
  'resolve() in a field': [
    contract('resources: [{id: slot, type: Slot, fields: [Slot.schedule.resolve().actor]}]'),
    'refused-fhirpath-function 5:59',
  ],
  'memberOf() in a field of an unknown type': [
    contract('resources: [{id: slot, type: Slott, fields: ["Slot.status.memberOf(\'x\')"]}]'),
    'refused-fhirpath-function 5:59',
  ],
  'trace() in a condition': [
    contract().replace('inputs: [from]', 'event: {resource: Slot, condition: "trace(\'x\').exists()"}'),
    'refused-fhirpath-function 4:75',
  ],
  'conformsTo() inside where()': [
    contract('resources: [{id: slot, type: Slot, fields: ["Slot.where(conformsTo(\'x\'))"]}]'),
    'refused-fhirpath-function 5:57',
  ],
  'a literal key': [binding('key: hunter2hunter2'), 'literal-secret 6:75'],
  'a literal secret': [binding('secret: "hunter2, hunter3"'), 'literal-secret 6:78'],
  'a literal number as secret': [binding('secret: 12345'), 'literal-secret 6:78'],
  'a reference without its braces': [binding('secret: env:EHR_SCORECARD_X'), 'literal-secret 6:78'],
  'a literal token': [
    organization('aiSystem: {query: {url: "https://ai.example/q", token: abc}}'),
    'literal-secret 4:56',
  ],
  'a reference that runs a command': [binding('key: {ref: "exec:cat"}'), 'bad-reference 6:81'],
  'a variable of somebody else': [binding('key: {ref: env:AWS_SECRET_ACCESS_KEY}'), 'reference-not-allowed 6:81'],
  'a file above the folder': [binding('key: {ref: file:../key.pem}'), 'reference-not-allowed 6:81'],
  'an absolute file': [binding('key: {ref: file:/etc/passwd}'), 'reference-not-allowed 6:81'],
  'a password in an address': [
    organization('environments: {a: {fhirBase: "https://bob:pw@fhir.example/r4"}}'),
    'wrong-value 4:30',
  ],
  'a patient that is not synthetic': [
    organization('testData: {patients: [{alias: p, id: "1", synthetic: false, canary: ZZTESTALPHA}]}'),
    'wrong-value 4:54',
  ],
  'a canary that is too short': [
    organization('testData: {patients: [{alias: p, id: "1", synthetic: true, canary: ZZT}]}'),
    'wrong-value 4:68',
  ],
  'a canary out of our own words': [
    organization('testData: {patients: [{alias: p, id: "1", synthetic: true, canary: Appointment}]}'),
    'canary-in-vocabulary 4:68',
  ],
};

describe('rule 40; HS-68, HS-69, HS-70: a file that cannot be used', () => {
  for (const [name, [text, ...faults]] of Object.entries(cases)) {
    it(name, async () => expect(await refusal(text)).toEqual(faults));
  }

  it('leaves every prototype as it was', async () => {
    for (const [text] of Object.values(cases)) await refusal(text);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  it('shows 20 faults and counts the rest', async () => {
    const text = contract(...Array.from({ length: 30 }, (_, index) => `unknown${index}: 1`));
    const error: unknown = await loadText(text).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(DocumentError);
    expect((error as DocumentError).faults).toHaveLength(30);
    expect((error as DocumentError).message.match(/unknown key/g)).toHaveLength(20);
    expect((error as DocumentError).exitCode).toBe(2);
  });

  it('refuses also what has more faults than are collected', async () => {
    const many = Array.from({ length: 20_000 }, (_, index) => `k${index}: 1`);
    await expect(loadText(contract(...many))).rejects.toMatchObject({ code: 'unknown-key' });
    await expect(loadText(contract(`success: [${'{},'.repeat(10_000)}]`))).rejects.toMatchObject({
      code: 'missing-key',
    });
  });

  it('stops at depth before the stack does', async () => {
    await expect(loadText(contract(nested(50_000)))).rejects.toMatchObject({ code: 'too-deep', exitCode: 2 });
  });

  it('never shows a literal secret', async () => {
    for (const [name, [text]] of Object.entries(cases)) {
      if (!/literal|password/.test(name)) continue;
      const error: unknown = await loadText(text).catch((thrown: unknown) => thrown);
      expect(String(error), name).not.toMatch(/hunter|12345|bob:pw|: abc/);
    }
  });
});
