import type { Task } from 'fhir/r4.js';
import { expect, it } from 'vitest';
import { invalidBodies } from '../../src/gather/invalid-bodies.js';

it.each(['Patient/p1', 'https://ehr.example/fhir/R4/Patient/p1', 'Patient/p1/_history/3'])(
  'a body for %s is also made for a patient who does not exist',
  (reference) => {
    const task: Task = { resourceType: 'Task', status: 'requested', intent: 'order', for: { reference } };
    const made = invalidBodies(task, new Date('2030-01-01T00:00:00Z')).map(({ fault, body }) => [
      fault,
      (body as Task).for?.reference,
    ]);
    expect(made).toEqual([
      ['missing-element', reference],
      ['unknown-code', reference],
      ['no-such-patient', 'Patient/ehr-scorecard-no-such-patient'],
    ]);
  },
);
