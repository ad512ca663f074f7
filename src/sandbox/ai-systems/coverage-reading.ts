import { readFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import type { Coverage } from 'fhir/r4.js';
import type { AdvisorConfiguration } from './advisor-configuration.js';
import { resourcesIn } from './order-advice.js';

const deadlineMs = 3_000;
const mostBytes = 1024 * 1024;

/** What a call says about reading more: https://cds-hooks.hl7.org/2.0/#fhir-resource-access */
export interface FhirAccess {
  readonly fhirServer?: unknown;
  readonly fhirAuthorization?: { readonly access_token?: unknown };
}

/** A patient's coverages, read with the token the call brought; undefined where that is not possible. */
export async function readCoverages(
  { fhirBase, caFile }: AdvisorConfiguration,
  { fhirServer, fhirAuthorization }: FhirAccess,
  patient: string,
): Promise<readonly Coverage[] | undefined> {
  const token = fhirAuthorization?.access_token;
  // A token goes to the EHR it was agreed for, and to nobody a call may name.
  if (typeof token !== 'string' || !/^[\x21-\x7e]{1,8192}$/u.test(token) || fhirServer !== fhirBase) return undefined;
  const url = `${fhirBase.replace(/\/$/u, '')}/Coverage?patient=${encodeURIComponent(patient)}&status=active`;
  const ca = caFile === undefined ? {} : { ca: readFileSync(caFile) };
  const options = {
    headers: { accept: 'application/fhir+json', authorization: `Bearer ${token}` },
    signal: AbortSignal.timeout(deadlineMs),
  };
  const body = await new Promise<string | undefined>((resolve) => {
    const request = url.startsWith('https:') ? https.get(url, { ...options, ...ca }) : http.get(url, options);
    request.on('error', () => resolve(undefined));
    request.on('response', (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => {
        text += part;
        if (text.length > mostBytes) request.destroy();
      });
      response.on('error', () => resolve(undefined));
      response.on('end', () => resolve(response.statusCode === 200 ? text : undefined));
    });
  });
  try {
    return body === undefined ? undefined : resourcesIn<Coverage>(JSON.parse(body), 'Coverage');
  } catch {
    return undefined;
  }
}
