import { defineDeviation, withBundle } from '../deviation.js';

export default defineDeviation({
  id: 'next-link-loops',
  title: 'The link to the next page leads to the page it stands on',
  caughtBy: ['read.interactions'],
  source: 'https://hl7.org/fhir/R4/http.html#paging',
  wrap: (next) => async (request) =>
    withBundle(await next(request), (bundle) => {
      const self = bundle.link?.find(({ relation }) => relation === 'self')?.url;
      const onAFurtherPage = self?.includes('_cursor=') === true;
      return {
        ...bundle,
        ...(bundle.link && {
          link: bundle.link.map((each) => (each.relation === 'next' && onAFurtherPage ? { ...each, url: self } : each)),
        }),
      };
    }),
});
