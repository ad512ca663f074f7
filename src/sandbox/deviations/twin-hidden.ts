import type { Bundle, Patient } from 'fhir/r4.js';
import { defineDeviation, searches, withBundle } from '../deviation.js';

export default defineDeviation({
  id: 'twin-hidden',
  title: 'Of patients with one name and birth date a search shows the first',
  caughtBy: ['write.business-duplicate'],
  source: 'https://hl7.org/fhir/R4/search.html',
  wrap: (next) => async (request) => {
    const response = await next(request);
    return searches(request, 'Patient') ? withBundle(response, onePerPerson) : response;
  },
});

function onePerPerson(bundle: Bundle): Bundle {
  const seen = new Set<string>();
  const entry = (bundle.entry ?? []).filter(({ resource }) => {
    const { name, birthDate } = resource as Patient;
    const person = `${name?.[0]?.family} ${birthDate}`;
    const first = !seen.has(person);
    seen.add(person);
    return first;
  });
  return { ...bundle, entry, total: entry.length };
}
