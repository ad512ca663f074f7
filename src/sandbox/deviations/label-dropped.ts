import { defineDeviation, withResources } from '../deviation.js';

export default defineDeviation({
  id: 'label-dropped',
  title: 'Records come without their security labels',
  caughtBy: ['hipaa.sensitive-and-consent'],
  workflow: 'documentation',
  source: 'https://hl7.org/fhir/R4/security-labels.html',
  wrap: (next) => async (request) =>
    withResources(await next(request), (resource) => {
      if (resource.meta?.security === undefined) return resource;
      const { security: _security, ...meta } = resource.meta;
      return { ...resource, meta };
    }),
});
