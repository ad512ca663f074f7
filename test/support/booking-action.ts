import type { ContractAction } from '../../src/model/documents/contract.js';

export const identifierSystem = 'https://lakeside.example/test-object';

/** The least a contract says of a booking. */
export const book: ContractAction = {
  id: 'book',
  kind: 'commit',
  via: 'fhir-r4',
  interaction: 'create',
  resource: 'Appointment',
  body: { resourceType: 'Appointment', slot: [{ reference: 'Slot/{{slot.id}}' }] },
  observe: 'Appointment?patient={{caller.id}}',
};
