import { defineCheck, type Verdict } from '../../src/check.js';

export default defineCheck({
  id: 'read.known-set',
  kind: 'probe',
  severity: 'major',
  blocks: 'ehr-configuration',
  title: 'All records of a known patient come back, and what is withheld is said',
  failureTitle: 'Records of a known patient are kept back without a word',
  plain: 'When the AI sees three medications, there are three.',
  why: 'A server may leave out what a client may not see and still answer with success; the product then takes a part for the whole.',
  sends:
    'One search by patient for each type in the documented inventory of one test patient; where a number differs, a read of the patient and the same search once more.',
  ask: {
    of: 'ehr-team',
    text: 'Show us one test patient on the screen, with the number of records of each type, and the same numbers as the AI system’s client gets them.',
  },
  remedy: [
    {
      owner: 'ehr-team',
      effort: 'medium',
      text: 'Find the rule that filters this client, align it with the contract, and let the answer carry an OperationOutcome where something is withheld.',
    },
    { owner: 'vendor', effort: 'low', text: 'Show "data may be incomplete" wherever a list could have been filtered.' },
    {
      owner: 'operator',
      effort: 'low',
      text: 'Check that the inventory of the test patient is still what the record holds.',
    },
  ],
  references: [
    'https://hl7.org/fhir/smart-app-launch/scopes-and-launch-context.html',
    'https://hl7.org/fhir/R4/security.html#6.1.0.6',
    'https://hl7.org/fhir/R4/valueset-issue-type.html',
  ],
  writes: 'none',
  subjects: 'run',
  ifNone: 'undecided',
  reads: ['known-set'],
  messages: {
    'silently-fewer': {
      kind: 'proof',
      text: '{seen} of {documented} documented {type} of {patient} came, and nothing says that some are missing.',
    },
    more: {
      kind: 'proof',
      text: '{seen} {type} of {patient} came where {documented} are documented for this role.',
    },
    'fewer-explained': {
      kind: 'limit',
      text: '{seen} of {documented} documented {type} of {patient} came, and the answer says that it is not everything.',
    },
    'not-answered': { kind: 'limit', text: 'The search for {type} by patient was answered with {status}.' },
    'not-all-read': { kind: 'limit', text: 'The result for {type} could not be read to its end.' },
    unsteady: {
      kind: 'control',
      text: 'The search for {type} brought {seen} records and, asked again, {seenAgain}.',
    },
    'patient-not-read': {
      kind: 'control',
      text: 'The number of {type} differs, and the patient could not be read in between.',
    },
  },
  evaluate: ({ 'known-set': { patient, sets, allowedBetween } }, say) => {
    const verdicts = sets.flatMap((set): Verdict[] => {
      const { resourceType: type, documented, status, seen, seenAgain } = set;
      if (!set.searchset) return [say.notMeasured('not-answered', 'prerequisite-failed', { type, status })];
      if (set.end !== 'end') return [say.notMeasured('not-all-read', 'tool-limited', { type })];
      if (seen === documented) return [];
      if (allowedBetween !== true) return [say.notMeasured('patient-not-read', 'control-failed', { type })];
      if (seenAgain !== null && seenAgain !== seen)
        return [say.notMeasured('unsteady', 'control-failed', { type, seen, seenAgain })];
      const shown = { type, seen, documented, patient };
      if (seen > documented) return [say.fail('more', shown)];
      return [set.explained ? say.warn('fewer-explained', shown) : say.fail('silently-fewer', shown)];
    });
    return verdicts.length > 0 ? verdicts : say.pass({ types: sets.length });
  },
});
