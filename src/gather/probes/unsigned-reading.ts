import { defineProbe } from '../probe.js';

/**
 * Provokes two messages in which a name has no place: the answer to a read without a sign-in, and the complaint about a
 * search by name with an unusable birth date. What stands in them is searched by the fold over all exchanges.
 */
export default defineProbe({
  id: 'unsigned-reading',
  phase: 'read',
  subjects: 'run',
  needs: ['ai'],
  writes: 'none',
  brings: ['unsigned-reading'],
  sends: () => [
    { context: 'anonymous', method: 'GET', path: 'Patient/{id}', most: 1 },
    { context: 'ai', method: 'POST', path: 'Patient/_search?family&birthdate', most: 1 },
  ],
  async run(_subject, { cases, clients, anonymous }) {
    const testPatient = cases.patients()[0];
    if (testPatient === undefined) return { 'unsigned-reading': { missing: 'no-test-object' } };
    const { patient } = await cases.proven(testPatient);
    const { status } = await anonymous({ method: 'GET', path: `Patient/${testPatient.id}`, redirects: 'returned' });
    await clients.ai.search('Patient', [
      ['family', patient.name?.[0]?.family ?? testPatient.canary],
      ['birthdate', 'no-date'],
    ]);
    return { 'unsigned-reading': { status } };
  },
});
