import { defineCheck } from '../../src/check.js';
import { writesSomething } from '../../src/model/actions.js';
import { isDeclared, wasTaken, type FhirNeed } from '../../src/model/fhir-needs.js';

export default defineCheck({
  id: 'write.capability',
  kind: 'probe',
  severity: 'blocker',
  blocks: 'ehr-capability',
  title: 'There is a way to write each approved change into the EHR',
  failureTitle: 'The EHR offers no way to write this; the product can only show it',
  plain: 'What the AI prepares can be put into the record without retyping.',
  why: 'Reading is opened first and writing often never; a product that cannot write back hands its result to a person who types it again, and no time is saved.',
  sends:
    'Compares the declared way of each action with the capability statement and with the scopes of the token the AI system gets; other ways than FHIR are taken from steps and evidence in the organization file.',
  ask: {
    of: 'ehr-team',
    text: 'Show us, on the test system, how each thing the AI prepares gets into the record without anybody retyping it.',
  },
  remedy: [
    {
      owner: 'ehr-team',
      effort: 'high',
      text: 'Ask for this interaction and its scope to be activated for the client, or for another documented way.',
    },
    {
      owner: 'product-owner',
      effort: 'low',
      text: 'Declare the action as a suggestion, and correct the business case.',
    },
  ],
  references: [
    'https://hl7.org/fhir/R4/capabilitystatement.html',
    'https://hl7.org/fhir/smart-app-launch/scopes-and-launch-context.html',
  ],
  writes: 'none',
  subjects: 'action',
  when: ({ item: { action } }) => writesSomething(action),
  ifNone: 'not-applicable',
  reads: ['capability-statement'],
  optional: ['write-right', 'path-evidence', 'accepted-requests'],
  messages: {
    'no-way': { kind: 'undecided', text: 'Nobody has said by which way this action is carried out.' },
    'no-interaction': { kind: 'undecided', text: 'Nobody has said which interaction on which type this action takes.' },
    'not-shown': { kind: 'undecided', text: 'The way is {via}, and neither steps nor evidence show that it exists.' },
    'evidence-expired': { kind: 'limit', text: 'The evidence for the way {via} has expired.' },
    'no-statement': { kind: 'control', text: 'The EHR gave no capability statement ({status}) that could show it.' },
    'not-offered': { kind: 'proof', text: 'The EHR offers no {interaction} of {resource}.' },
    'undeclared-but-works': {
      kind: 'limit',
      text: '{interaction} of {resource} works in this run, and the EHR’s statement does not mention it.',
    },
    'not-granted': {
      kind: 'limit',
      text: '{interaction} of {resource} is offered, and the token does not carry the right to it ({letter}).',
    },
    'right-unknown': { kind: 'limit', text: '{interaction} of {resource} is offered; no token shows the right to it.' },
  },
  evaluate: (facts, say, { item: { action, path } }, { startedAt }) => {
    const via = path?.via ?? action.via;
    if (via === undefined) return say.notMeasured('no-way', 'undecided', { who: 'product-owner', default: 'fhir-r4' });
    if (via !== 'fhir-r4' && via !== 'fhir-operation') {
      const stated = facts['path-evidence'];
      if (stated === undefined) {
        const whoDecides = { who: 'ehr-team', default: 'write down the steps under paths' };
        return say.notMeasured('not-shown', 'undecided', { via, ...whoDecides });
      }
      const inDate = stated.expires.some((expires) => expires === null || expires >= startedAt.slice(0, 10));
      return inDate || (stated.stepsStated && stated.expires.length === 0)
        ? say.pass({ via })
        : say.notMeasured('evidence-expired', 'expired', { via });
    }

    const { interaction, resource, operation } = action;
    const name = via === 'fhir-operation' ? operation?.replace(/^.*\$/, '') : interaction;
    if (name === undefined || (resource === undefined && via === 'fhir-r4')) {
      return say.notMeasured('no-interaction', 'undecided', { who: 'vendor', default: 'create' });
    }
    const { 'capability-statement': statement, 'write-right': right } = facts;
    const type = name === 'transaction' ? '' : (resource ?? '');
    const need: FhirNeed = { what: via === 'fhir-operation' ? 'operation' : 'interaction', type, name, pointer: '' };
    const shown = { interaction: name, resource: resource ?? 'the whole server' };
    if (!isDeclared(need, statement)) {
      if (wasTaken(need, facts['accepted-requests'] ?? [])) return say.warn('undeclared-but-works', shown);
      return statement.found
        ? say.fail('not-offered', shown)
        : say.notMeasured('no-statement', 'prerequisite-failed', { status: statement.status });
    }
    if (via === 'fhir-operation') return say.pass(shown);
    if (right === undefined) return say.notMeasured('right-unknown', 'no-credential', shown);
    return right.granted ? say.pass(shown) : say.warn('not-granted', { ...shown, letter: right.letter });
  },
});
