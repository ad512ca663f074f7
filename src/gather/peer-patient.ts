import type { Patient } from 'fhir/r4.js';
import type { TestPatient } from '../model/documents/organization.js';
import { SafetyStop } from '../model/errors.js';
import type { PeerTools } from './probe.js';

/**
 * A test patient of another organization, once the product's own client there has read it and it carries its canary;
 * undefined where nobody can read it.
 * @throws SafetyStop when the canary is missing (safety rule 8)
 */
export async function provenAtPeer(
  { own: client, peer }: PeerTools,
  patient: TestPatient | undefined,
): Promise<Patient | undefined> {
  if (client === undefined || patient === undefined || !(await client.signedIn()).usableToken) return undefined;
  const { resource } = await client.read('Patient', patient.id);
  if (resource?.resourceType !== 'Patient') return undefined;
  if (!JSON.stringify(resource).includes(patient.canary)) {
    throw new SafetyStop(
      'canary-missing',
      8,
      `test patient ${patient.alias} of organization ${peer.organization.metadata.id} does not carry its canary`,
      'Check testData.patients of that organization before anything else is sent.',
    );
  }
  return resource as Patient;
}
