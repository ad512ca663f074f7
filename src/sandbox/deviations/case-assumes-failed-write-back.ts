import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'case-assumes-failed-write-back',
  title: 'The business case assumes a letter in the chart, which the EHR offers nobody to write',
  caughtBy: ['value.integration-depth'],
  source: 'https://hl7.org/fhir/R4/capabilitystatement-definitions.html#CapabilityStatement.rest.resource.interaction',
  documents({ contract }) {
    (contract['actions'] as unknown[]).push({
      id: 'letter',
      kind: 'commit',
      via: 'fhir-r4',
      interaction: 'create',
      resource: 'Composition',
      compensation: { interaction: 'patch', toState: 'entered-in-error' },
    });
  },
});
