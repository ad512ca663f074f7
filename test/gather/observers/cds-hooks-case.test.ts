import { expect, it } from 'vitest';
import { aboutNobody } from '../../../src/gather/observers/cds-hooks-case.js';

it('a case about nobody names no id of the EHR, and nothing else of it changes', () => {
  let made = 0;
  const order = {
    resourceType: 'ServiceRequest',
    id: 'o-1',
    status: 'draft',
    code: { text: 'p-1' },
    subject: { reference: 'Patient/p-1' },
    requester: { reference: 'Practitioner/d-1' },
    insurance: [{ reference: 'https://ehr.example/fhir/Coverage/c-1' }],
    contained: [{ resourceType: 'Device', id: 'inside' }],
  };
  const given = {
    context: {
      userId: 'Practitioner/d-1',
      patientId: 'p-1',
      encounterId: 'e-1',
      draftOrders: { resourceType: 'Bundle', entry: [{ resource: order }] },
      selections: ['ServiceRequest/o-1'],
    },
    prefetch: {
      coverage: { resourceType: 'Bundle', entry: [{ resource: { resourceType: 'Coverage', id: 'c-1' } }] },
      none: null,
    },
  };
  const nobody = aboutNobody(given, () => `nobody-${++made}`);
  expect(nobody).toEqual({
    context: {
      userId: 'Practitioner/d-1',
      patientId: 'nobody-1',
      encounterId: 'nobody-2',
      draftOrders: {
        resourceType: 'Bundle',
        entry: [
          {
            resource: {
              ...order,
              id: 'nobody-3',
              subject: { reference: 'Patient/nobody-1' },
              insurance: [{ reference: 'Coverage/nobody-4' }],
            },
          },
        ],
      },
      selections: ['ServiceRequest/nobody-3'],
    },
    prefetch: {
      coverage: { resourceType: 'Bundle', entry: [{ resource: { resourceType: 'Coverage', id: 'nobody-4' } }] },
      none: null,
    },
  });
  expect(given.context.patientId).toBe('p-1');
});
