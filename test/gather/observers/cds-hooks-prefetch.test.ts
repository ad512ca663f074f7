import { expect, it } from 'vitest';
import { readTemplate } from '../../../src/gather/observers/cds-hooks-prefetch.js';

it.each([
  ['Patient/{{context.patientId}}', ['Patient'], true, false],
  ['/Patient/{{context.patientId}}', ['Patient'], true, false],
  ['Coverage?patient={{context.patientId}}&status=active', ['Coverage'], false, false],
  ['{{context.userId}}', [], true, false],
  ['Patient/{{context.patientId}}/$everything', ['Patient'], true, true],
  ['ServiceRequest?_id=1&_include=ServiceRequest:subject:Patient', ['ServiceRequest', 'Patient'], false, false],
  ['Patient?_id=1&_revinclude=Observation:subject', ['Patient', 'Observation'], false, false],
  ['Patient?_id=1&_revinclude:iterate=Observation%3Asubject', ['Patient', 'Observation'], false, false],
  ['Patient?_id=1&_include=*', ['Patient'], false, true],
  ['Patient?name=%E0%A4%A', ['Patient'], false, false],
  ['', [], true, false],
])('%s asks for %j', (template, types, read, everything) => {
  expect(readTemplate(template)).toEqual({ types, read, everything });
});
