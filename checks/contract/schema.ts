import { defineCheck } from '../../src/check.js';
import { impossibleActions } from '../../src/model/documents/permitted-actions.js';

/** Codes of these places belong to contract.fields and contract.trigger. */
const ofTheirOwnChecks = /^\/(resources|triggers)\//;
const names = ['dangling-reference', 'unknown-template-name'];
const outsideR4 = [
  'unknown-resource-type',
  'unknown-search-parameter',
  'path-not-in-r4',
  'expression-does-not-compile',
];
const contradictions = ['duplicate-id', 'search-type-differs'];

export default defineCheck({
  id: 'contract.schema',
  kind: 'static',
  severity: 'blocker',
  blocks: 'contract',
  title: 'Contract and organization file fit together',
  failureTitle: 'Contract and organization file contradict themselves or each other',
  plain: 'The papers this trial rests on agree with each other.',
  why: 'A name that leads nowhere, or two blocks that exclude each other, is a decision somebody believes was made.',
  sends: 'Nothing. Follows every name inside and between the files, each {{…}} of a template included.',
  ask: {
    of: 'vendor',
    text: 'Go through the marked lines of both files with us and show us which of two contradicting statements your product follows.',
  },
  remedy: [
    {
      owner: 'product-owner',
      effort: 'low',
      text: 'Correct the name or take one of the two statements away; lint prints the line and the nearest known name.',
    },
  ],
  references: [
    'https://hl7.org/fhir/R4/resourcelist.html',
    'https://hl7.org/fhir/R4/searchparameter-registry.html',
    'https://hl7.org/fhir/smart-app-launch/scopes-and-launch-context.html',
  ],
  writes: 'none',
  subjects: 'run',
  ifNone: 'undecided',
  reads: ['document-problems'],
  messages: {
    dangling: { kind: 'proof', text: 'In the {document} file, {pointer}: "{name}" names nothing.' },
    'not-r4': { kind: 'proof', text: 'In the {document} file, {pointer}: R4 does not know "{name}".' },
    contradiction: {
      kind: 'proof',
      text: 'In the {document} file, {pointer}: "{name}" contradicts another statement.',
    },
    'two-primaries': { kind: 'proof', text: 'More than one trigger is said to be the primary one: {name}.' },
    'nobody-may': { kind: 'proof', text: 'The permissions let nobody perform the action {name}.' },
  },
  evaluate: ({ 'document-problems': problems }, say, { item: { contract } }) => {
    const verdicts = problems.flatMap(({ code, ...place }) => {
      if (names.includes(code)) return [say.fail('dangling', place)];
      if (contradictions.includes(code)) return [say.fail('contradiction', place)];
      const elsewhere = place.document === 'contract' && ofTheirOwnChecks.test(place.pointer);
      return outsideR4.includes(code) && !elsewhere ? [say.fail('not-r4', place)] : [];
    });
    const primaries = (contract.triggers ?? []).filter((trigger) => trigger.primary === true);
    if (primaries.length > 1) {
      const name = primaries.map(({ id }) => id).join(', ');
      verdicts.push(say.fail('two-primaries', { name, document: 'contract', pointer: '/triggers' }));
    }
    for (const { id, index } of impossibleActions(contract)) {
      verdicts.push(say.fail('nobody-may', { name: id, document: 'contract', pointer: `/actions/${index}` }));
    }
    return verdicts.length > 0 ? verdicts : say.pass();
  },
});
