import { partOf, type Documents } from './deviation.js';

/** Nobody takes bookings back through the EHR but a person; the contract says that the product does. */
export function withProductUndo({ contract, organization }: Documents): void {
  const book = (contract['actions'] as { id: string; controls?: object }[]).find(({ id }) => id === 'book');
  Object.assign(book?.controls ?? {}, { undo: { heldBy: 'product', how: 'cancels on request' } });
  organization['paths'] = {
    ...(organization['paths'] === undefined ? {} : partOf(organization, 'paths')),
    book: { undo: { by: 'person', where: 'appointment desk', how: 'cancels the visit' } },
  };
}
