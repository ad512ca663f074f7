/** The reference AI systems for scheduling: one that does right, and others that each do one thing wrong. */
export const aiSystemNames = [
  'integrated',
  'answering-machine',
  're-typer',
  'double-booker',
  'overwriter',
  'guesser',
  'silent-signer',
  'leaky',
  'unstoppable',
  'early-confirmer',
  'half-writer',
  'sham-canceller',
  'denier',
  'tunneller',
] as const;
export type AiSystemName = (typeof aiSystemNames)[number];

/** Those whose fault shows in the shipped contract: it has no action of two writes, and the EHR takes bookings back. */
export const namesForDemo = aiSystemNames.filter((name) => !['half-writer', 'sham-canceller'].includes(name));
