import { defineDeviation, withNotice } from '../deviation.js';

export default defineDeviation({
  id: 'event-not-counted',
  title: 'The event number stands still, so that nobody can see a gap',
  caughtBy: ['event.subscription'],
  source: 'https://hl7.org/fhir/uv/subscriptions-backport/STU1.1/errors.html',
  deliver: (next) => (notification) =>
    next(
      withNotice(
        notification,
        (bundle) =>
          JSON.parse(JSON.stringify(bundle).replaceAll(/"valueString":"\d+"/g, '"valueString":"0"')) as typeof bundle,
      ),
    ),
});
