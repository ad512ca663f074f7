import { defineCheck } from '../../src/check.js';

export default defineCheck({
  id: 'contract.org-overrides',
  kind: 'static',
  severity: 'major',
  blocks: 'contract',
  title: 'The organization differs only where the contract allows it',
  failureTitle: 'The organization changes something the contract does not let it change',
  plain: 'What is different at this hospital is written down and allowed.',
  why: 'A silent local difference is why what works in one hospital fails in the next.',
  sends: 'Nothing. Compares the organization’s overrides with the override points of the contract.',
  ask: {
    of: 'ehr-team',
    text: 'Give us the list of what is set up differently here than in the vendor’s standard workflow, with the reason for each difference.',
  },
  remedy: [
    { owner: 'product-owner', effort: 'low', text: 'Declare the override point with its allowed values.' },
    { owner: 'ehr-team', effort: 'low', text: 'Take the override away, or choose one of the allowed values.' },
  ],
  references: ['https://hl7.org/fhir/R4/profiling.html', 'https://www.healthit.gov/topic/safety/safer-guides'],
  writes: 'none',
  subjects: 'run',
  when: ({ item: { contract, organization } }) =>
    contract.overrides !== undefined || organization.overrides !== undefined,
  ifNone: 'undecided',
  reads: ['document-problems'],
  messages: {
    undeclared: { kind: 'proof', text: 'The contract declares no override point {name}.' },
    'not-allowed': { kind: 'proof', text: 'The contract does not allow this value at {name}.' },
    undecided: { kind: 'undecided', text: 'No value for the mandatory override point {name}; {who} should give one.' },
  },
  evaluate: ({ 'document-problems': problems }, say, { item: { contract, organization } }) => {
    const who = organization.metadata.owner ?? 'the EHR team';
    const verdicts = problems.flatMap(({ code, ...place }) => {
      if (code === 'override-not-declared') return [say.fail('undeclared', place)];
      if (code === 'override-not-allowed') return [say.fail('not-allowed', place)];
      return code === 'override-missing' ? [say.notMeasured('undecided', 'undecided', { ...place, who })] : [];
    });
    const used = Object.keys(organization.overrides ?? {}).length;
    return verdicts.length > 0 ? verdicts : say.pass({ points: contract.overrides?.length ?? 0, used });
  },
});
