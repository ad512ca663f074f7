import { expect, it } from 'vitest';
import type { Answer } from '../../src/gather/request.js';
import { marksOf, shownBy } from '../../src/gather/shown-patient.js';

const marks = marksOf(
  {
    resourceType: 'Patient',
    name: [{ family: 'ZZSAMPLEONE' }],
    birthDate: '1961-04-09',
    identifier: [{ value: 'LA1234567' }],
  },
  'ZZSAMPLEONE',
);
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- only the body is looked at
const answer = (text: string): Answer => ({ body: new TextEncoder().encode(text) }) as Answer;

it.each([
  ['the name', '<b>ZZSAMPLEONE, Avery</b>'],
  ['the birth date', '{"birthDate":"1961-04-09"}'],
  ['the birth date as people write it', 'born 4/9/1961'],
  ['the birth date without signs', 'PID|||19610409'],
  ['the record number', 'MRN LA1234567'],
  ['what is encoded', `data:text/plain;base64,${Buffer.from('Recording of Avery ZZSAMPLEONE').toString('base64')}`],
])('an answer shows the patient by %s', (_, text) => {
  expect(shownBy(marks)(answer(text))).toBe(true);
});

it.each([
  ['nothing', ''],
  ['an id that was asked for', 'Patient/pat-1 is not open'],
  ['another day', 'born 1961-04-19'],
])('and does not by %s', (_, text) => {
  expect(shownBy(marks)(answer(text))).toBe(false);
});

it('a patient without a birth date is known by the rest', () => {
  expect(marksOf({ resourceType: 'Patient' }, 'ZZSAMPLEONE')).toEqual(['ZZSAMPLEONE']);
});
