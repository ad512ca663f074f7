import type { DocumentReference } from 'fhir/r4.js';
import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'signer-shown-as-machine',
  title: 'A signed note names the interface as the one who signed',
  caughtBy: ['write.promotion-gate'],
  source: 'https://hl7.org/fhir/R4/documentreference-definitions.html#DocumentReference.authenticator',
  workflow: 'documentation',
  store: (store) => ({
    ...store,
    transaction: (work) =>
      store.transaction((writer) =>
        work({
          ...writer,
          update: (resource, method) =>
            writer.update(
              (resource as DocumentReference).authenticator === undefined
                ? resource
                : ({ ...resource, authenticator: { reference: 'Organization/interface' } } as DocumentReference),
              method,
            ),
        }),
      ),
  }),
});
