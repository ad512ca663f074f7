import { mostSamplesPerMinute } from '../sandbox/organization-document.js';
import { openDoor } from '../wire/door.js';

/** Answered while the code is still being compiled: they say nothing of what comes after. */
const askedBefore = 20;
const asked = 40;
const deadlineMs = 10_000;
/** On any machine. */
const fewestPerMinute = 60;
/** Samples a minute that a machine can carry which answers one request in a second; each is some thirty requests, so this is two fifths of it. */
const samplesPerAnswer = 0.8;

/**
 * Samples a minute of a series that the embedded EHR, the product beside it and this tool can carry together on this machine.
 *
 * @throws WireFault when it does not answer
 */
export async function samplesPerMinute(fhirBase: string, caPem: string | undefined): Promise<number> {
  const answers = await answersPerSecond(fhirBase, caPem);
  return Math.round(Math.min(mostSamplesPerMinute, Math.max(fewestPerMinute, answers * samplesPerAnswer)));
}

/**
 * How many requests one after the other the EHR of a demo answers in a second, on this machine as busy as it is now.
 *
 * @throws WireFault when it does not answer
 */
export async function answersPerSecond(fhirBase: string, caPem: string | undefined): Promise<number> {
  const { origin } = new URL(fhirBase);
  const rule = { origin, purpose: 'fhir' as const, ...(caPem === undefined ? {} : { tls: { ca: caPem } }) };
  const door = openDoor({ origins: [rule], connectionsPerOrigin: 1 });
  try {
    let startedMs = performance.now();
    for (let index = 0; index < askedBefore + asked; index++) {
      if (index === askedBefore) startedMs = performance.now();
      await door.exchange({
        purpose: 'fhir',
        method: 'GET',
        url: `${fhirBase}/metadata`,
        headers: { accept: 'application/fhir+json' },
        carriesCredential: false,
        redirects: 'returned',
        deadlineMs,
      });
    }
    return (asked * 1_000) / (performance.now() - startedMs);
  } finally {
    await door.close();
  }
}
