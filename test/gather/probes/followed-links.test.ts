import type { Bundle, MedicationRequest } from 'fhir/r4.js';
import { expect, it } from 'vitest';
import { defineDeviation, searches, withBundle } from '../../../src/sandbox/deviation.js';
import { readsNotes } from '../../../src/sandbox/notes-contract.js';
import { trial } from '../../support/trial.js';

const references = ['#drug', '#nothing', 'https://drugs.example/Medication/1', 'Patient/somebody', 'urn:uuid:1'];

/** Every prescription points somewhere else than to a Medication of the server. */
const elsewhere = defineDeviation({
  id: 'links-of-many-kinds',
  title: 'Prescriptions point to all kinds of places',
  caughtBy: ['read.references-attachments'],
  source: 'https://hl7.org/fhir/R4/references.html',
  wrap: (next) => async (request) => {
    const response = await next(request);
    if (!searches(request, 'MedicationRequest')) return response;
    return withBundle(response, (bundle): Bundle => {
      const rows = (bundle.entry ?? []).flatMap(({ resource }) => (resource as MedicationRequest | undefined) ?? []);
      const entry = rows.slice(0, 1).flatMap((row) =>
        references.map((reference, n) => ({
          search: { mode: 'match' as const },
          resource: {
            ...row,
            id: `${row.id}-${n}`,
            contained: [{ resourceType: 'Medication' as const, id: 'drug' }],
            medicationReference: { reference },
          },
        })),
      );
      return { ...bundle, total: entry.length, entry };
    });
  },
});

it('counts what a record contains, follows nothing outside the FHIR base, and reads no patient who is not listed', async () => {
  const { fact, exchanges } = await trial({
    workflow: 'documentation',
    deviations: [elsewhere],
    checks: ['read.references-attachments'],
  });
  // 22 records of five patients: two of the links are the same in all of them.
  expect(fact('followed-links', 'resource:med-list')).toMatchObject({
    fields: [{ records: 22, links: 12, opened: 5, contained: 5, broken: 5, unusable: 0, otherLogin: 0, elsewhere: 2 }],
  });
  expect(exchanges.filter(({ probe }) => probe === 'followed-links')).toEqual([]);
});

it('opens the contents of notes with the right that opens the note', async () => {
  const { fact, outcome } = await trial({
    workflow: 'documentation',
    checks: ['read.references-attachments'],
    change: readsNotes,
  });
  expect(fact('followed-links', 'resource:earlier-notes')).toMatchObject({ fields: [{ links: 14, opened: 14 }] });
  expect(outcome('read.references-attachments')).toBe('pass');
});
