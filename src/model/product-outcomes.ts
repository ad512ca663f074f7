/** What a product may say it has done with an event; a claim until the EHR shows it. */
export const productOutcomes = [
  'booked',
  'cancelled',
  'drafted',
  'queued-for-human',
  'refused',
  'nothing-free',
  'noted',
] as const;
export type ProductOutcome = (typeof productOutcomes)[number];
