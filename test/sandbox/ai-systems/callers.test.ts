import type { Patient } from 'fhir/r4.js';
import { describe, expect, it } from 'vitest';
import { type CallerHabits, findCaller } from '../../../src/sandbox/ai-systems/callers.js';
import type { FhirConnection } from '../../../src/sandbox/ai-systems/fhir-connection.js';
import type { Call } from '../../../src/sandbox/ai-systems/product.js';

const caller: Call = { intent: 'book', family: 'ZZTESTONE', birthDate: '1980-01-01' };
const complete: Patient = {
  resourceType: 'Patient',
  id: 'p1',
  name: [{ use: 'official', family: 'ZZTESTONE' }],
  birthDate: '1980-01-01',
};
const { birthDate: _, ...bornUnknown } = complete;
const nicknamed: Patient = { ...complete, name: [{ use: 'usual', family: 'ZZTESTONE' }] };

function find(patients: readonly Patient[], habits: CallerHabits = {}) {
  const connection: FhirConnection = {
    send: () => Promise.reject(new Error('nothing is sent')),
    searchAll: (_type, parameters) => {
      const wanted = new Map(parameters);
      return Promise.resolve(
        patients.filter(
          ({ name, birthDate }) =>
            name?.some(({ family }) => family === wanted.get('family')) === true &&
            (!wanted.has('birthdate') || birthDate === wanted.get('birthdate')),
        ),
      );
    },
    close: () => undefined,
  };
  return findCaller(connection, caller, habits);
}

describe.each([
  ['one complete record', [complete], 'p1', 'p1', 'p1', 'p1'],
  ['nobody', [], 'queued-for-human', 'queued-for-human', 'nothing-free', 'queued-for-human'],
  ['a record without a birth date', [bornUnknown], 'queued-for-human', 'p1', 'queued-for-human', 'queued-for-human'],
  ['a record without an official name', [nicknamed], 'queued-for-human', 'p1', 'queued-for-human', 'queued-for-human'],
  [
    'two of one name',
    [complete, { ...complete, id: 'p2' }],
    'queued-for-human',
    'queued-for-human',
    'queued-for-human',
    'p1',
  ],
])('%s', (_name, patients, careful, guessing, denying, hasty) => {
  it.each([
    ['who is careful', {}, careful],
    ['who guesses', { guesses: true }, guessing],
    ['who takes nobody seen for nobody there', { takesUnseenForNone: true }, denying],
    ['who takes the first', { takesFirst: true }, hasty],
  ] as const)('%s', async (_who, habits, expected) => {
    const found = await find(patients, habits);
    expect(typeof found === 'string' ? found : found.outcome).toBe(expected);
  });
});
