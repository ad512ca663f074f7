import { defineDeviation, withBundle } from '../deviation.js';

export default defineDeviation({
  id: 'next-link-elsewhere',
  title: 'Links to further pages name an inner host',
  caughtBy: ['read.interactions'],
  source: 'https://hl7.org/fhir/R4/http.html#paging',
  wrap: (next) => async (request) =>
    withBundle(await next(request), (bundle) => ({
      ...bundle,
      ...(bundle.link && {
        link: bundle.link.map((each) =>
          each.relation === 'next'
            ? { ...each, url: each.url.replace(/^https?:\/\/[^/]+/, 'https://fhir-node-2.invalid') }
            : each,
        ),
      }),
    })),
});
