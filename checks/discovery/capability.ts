import { defineCheck } from '../../src/check.js';
import { fhirNeeds, isDeclared, wasTaken } from '../../src/model/fhir-needs.js';

const release = '4.0.1';
const usCore = 'http://hl7.org/fhir/us/core/';

export default defineCheck({
  id: 'discovery.capability',
  kind: 'probe',
  severity: 'blocker',
  blocks: 'ehr-configuration',
  title: 'The EHR declares everything the workflow uses',
  failureTitle: 'The EHR does not offer something the workflow uses',
  plain: 'The record system says it can do what the AI needs.',
  why: 'What is not declared may be switched off, unlicensed or absent; finding out in the last week is the usual way.',
  sends:
    'One GET of metadata without a sign-in; compares it with the searches and actions of the contract, and with what the server took in this run.',
  ask: {
    of: 'ehr-team',
    text: 'Send us the capability statement of the system we would use, with each search and each change of this workflow marked in it.',
  },
  remedy: [
    {
      owner: 'ehr-team',
      effort: 'medium',
      text: 'Activate the interaction or parameter for this environment, or say that it will not come.',
    },
    { owner: 'vendor', effort: 'high', text: 'Redesign the action on what is declared.' },
  ],
  references: [
    'https://hl7.org/fhir/R4/http.html#capabilities',
    'https://hl7.org/fhir/R4/capabilitystatement.html',
    'https://hl7.org/fhir/us/core/general-requirements.html',
  ],
  writes: 'none',
  subjects: 'run',
  ifNone: 'not-gathered',
  reads: ['capability-statement'],
  optional: ['accepted-requests'],
  messages: {
    'no-statement': { kind: 'proof', text: 'No capability statement: metadata answered {status}.' },
    'wrong-release': { kind: 'proof', text: 'The server speaks FHIR {seen}, not {expected}.' },
    undeclared: { kind: 'proof', text: 'Not declared, and not seen to work: {what} {name} on {type}.' },
    outdated: { kind: 'limit', text: 'Not declared, but taken in this run: {what} {name} on {type}.' },
    'profile-undeclared': { kind: 'limit', text: 'The profile {name} is not declared for {type}.' },
    'us-core-unknown': { kind: 'limit', text: 'Which version of US Core the server follows cannot be told.' },
    'us-core-differs': { kind: 'limit', text: 'The server names US Core {seen}, the organization file {expected}.' },
  },
  evaluate: (facts, say, { item: { contract, organization } }) => {
    const { status, found, fhirVersion, usCoreVersions } = facts['capability-statement'];
    if (!found) return say.fail('no-statement', { status });
    if (fhirVersion !== release) return say.fail('wrong-release', { seen: fhirVersion, expected: release });
    const needs = fhirNeeds(contract, organization);
    const verdicts = needs
      .filter((need) => !isDeclared(need, facts['capability-statement']))
      .map(({ what, type, name, pointer }) => {
        const shown = { what, type: type || 'the whole server', name, pointer };
        if (what === 'profile') return say.warn('profile-undeclared', shown);
        return wasTaken({ what, type, name }, facts['accepted-requests'] ?? [])
          ? say.warn('outdated', shown)
          : say.fail('undeclared', shown);
      });
    const expected = organization.ehr?.usCore;
    const matters = needs.some(({ what, name }) => what === 'profile' && name.startsWith(usCore));
    if (matters && usCoreVersions.length === 0) verdicts.push(say.warn('us-core-unknown'));
    else if (
      matters &&
      expected !== undefined &&
      !usCoreVersions.some((seen) => seen.startsWith(majorMinor(expected)))
    ) {
      verdicts.push(say.warn('us-core-differs', { seen: usCoreVersions, expected }));
    }
    return verdicts.length > 0 ? verdicts : say.pass({ needs: needs.length });
  },
});

const majorMinor = (version: string): string => /^\d+(\.\d+)?/.exec(version)?.[0] ?? version;
