import type { Bundle } from 'fhir/r4.js';
import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'bundle-unlabelled',
  title: 'A bundle with a restricted record does not say that it is confidential',
  caughtBy: ['hipaa.sensitive-and-consent'],
  workflow: 'documentation',
  source: 'https://hl7.org/fhir/uv/security-label-ds4p/',
  wrap: (next) => async (request) => {
    const response = await next(request);
    if (typeof response.body !== 'string' || !response.body.startsWith('{"resourceType":"Bundle"')) return response;
    const { meta: _meta, ...bundle } = JSON.parse(response.body) as Bundle;
    return { ...response, body: JSON.stringify(bundle) };
  },
});
