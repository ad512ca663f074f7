import type { Store, StoredVersion } from '../fhir/store.js';
import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'sensitive-record-unmarked',
  title: 'Labels are lost and consents not found, so a sensitive record goes to everybody',
  caughtBy: ['hipaa.sensitive-and-consent'],
  workflow: 'documentation',
  source: 'https://hl7.org/fhir/uv/security-label-ds4p/',
  store: (store): Store => ({
    ...store,
    get: (resourceType, id) => unlabelled(store.get(resourceType, id)),
    all: (resourceType) => (resourceType === 'Consent' ? [] : store.all(resourceType)),
  }),
});

function unlabelled(version: StoredVersion | undefined): StoredVersion | undefined {
  if (version?.resource?.meta.security === undefined) return version;
  const { security: _security, ...meta } = version.resource.meta;
  return { ...version, resource: { ...version.resource, meta } };
}
