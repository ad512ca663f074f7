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
  'denier',
] as const;
export type AiSystemName = (typeof aiSystemNames)[number];
