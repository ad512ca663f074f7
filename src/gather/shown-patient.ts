import type { Patient } from 'fhir/r4.js';
import { plantedSearch, type Planted } from './output-search.js';
import type { Answer } from './request.js';

/** What of a test patient can be told from anybody else's: name, birth date and record numbers, in usual spellings. */
export function marksOf({ name = [], birthDate = '', identifier = [] }: Patient, canary: string): string[] {
  const [year = '', month = '', day = ''] = birthDate.split('-');
  const dates =
    day === ''
      ? []
      : [
          birthDate,
          `${year}${month}${day}`,
          `${month}/${day}/${year}`,
          `${Number(month)}/${Number(day)}/${year}`,
          `${day}.${month}.${year}`,
          `${day}/${month}/${year}`,
        ];
  const names = name.flatMap(({ family }) => family ?? []);
  const numbers = identifier.flatMap(({ value }) => value ?? []);
  return [...new Set([canary, ...names, ...dates, ...numbers])];
}

/** Whether an answer shows somebody by one of these marks, in plain text or encoded; the answer itself is let go. */
export function shownBy(marks: readonly string[]): (answer: Answer | undefined) => boolean {
  const search = plantedSearch(marks.map((value): Planted => ({ what: 'mark', value })));
  return (answer) => answer !== undefined && search(new TextDecoder('utf-8').decode(answer.body)) !== undefined;
}
