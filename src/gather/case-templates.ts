import type { RunDocuments } from './probe.js';
import type { RequestTemplate } from './request.js';
import { patientsTogether, searchNamesPatient } from './test-cases.js';

/** What filling the contract's searches may take: one read a patient or fewer, one search a patient and resource. */
export function caseTemplates({ contract, organization, environmentClass }: RunDocuments): RequestTemplate[] {
  const patients = organization.testData?.patients?.length ?? 0;
  const searches = (contract.resources ?? []).flatMap((resource): RequestTemplate[] => {
    const [type = '', query = ''] = (resource.find ?? '').split(/\?(.*)/s);
    const names = query.split('&').map((pair) => pair.split('=')[0] ?? '');
    const most = Math.max(1, patients);
    return [
      { context: 'ai', method: 'POST', path: `${type}/_search?${names.join('&')}`, most },
      ...(searchNamesPatient(contract, resource)
        ? []
        : [{ context: 'ai', method: 'GET', path: `${type}?${names.join('&')}`, most } as const]),
    ];
  });
  return [
    { context: 'ai', method: 'GET', path: 'Patient/{id}', most: Math.max(1, patients) },
    // Production: reads of listed test objects and the contract's own searches only (safety rule 7).
    ...(environmentClass === 'production' || patients < 2
      ? []
      : [
          {
            context: 'ai',
            method: 'POST',
            path: 'Patient/_search?_id&_count',
            most: Math.ceil(patients / patientsTogether),
          } as const,
        ]),
    { context: 'ai', method: 'GET', path: 'Schedule/{id}', most: 2 },
    { context: 'ai', method: 'GET', path: 'Encounter/{id}', most: Math.max(1, patients) },
    ...searches,
  ];
}
