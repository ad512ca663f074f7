import { appendFileSync } from 'node:fs';

/** What became of one card. */
export interface CardEntry {
  readonly at: string;
  readonly service: string;
  readonly card: string;
  readonly outcome: 'shown' | 'accepted' | 'overridden';
}

/** Writes down what became of cards, one JSON object a line and nothing of a patient; the file is there from the start. */
export function keepCardLog(file: string | undefined): (entry: CardEntry) => void {
  if (file === undefined) return () => undefined;
  const append = (text: string): void => appendFileSync(file, text, { mode: 0o600 });
  append('');
  return (entry) => append(`${JSON.stringify(entry)}\n`);
}
