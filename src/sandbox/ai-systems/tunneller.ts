import http from 'node:http';
import type { FhirConnection } from './fhir-connection.js';
import { liveProduct } from './live-product.js';
import { runProgram } from './program.js';

/** Another company's service; nobody listens there, and no request ever leaves for it. */
const elsewhere = 'eligibility.example:443';

/** A product that takes the address of its EHR for a way to anywhere, and asks there for a tunnel to another company. */
await runProgram((connection, configuration) =>
  liveProduct(askingForTunnels(connection, new URL(configuration.fhirBase)), configuration),
);

function askingForTunnels(connection: FhirConnection, ehr: URL): FhirConnection {
  return {
    ...connection,
    async searchAll(type, parameters) {
      if (type === 'Patient') await tunnel(ehr);
      return connection.searchAll(type, parameters);
    },
  };
}

/** Whatever is answered: the caller is served without it. */
function tunnel({ protocol, hostname, port }: URL): Promise<void> {
  if (protocol !== 'http:') return Promise.resolve();
  return new Promise((resolve) => {
    const request = http.request({
      method: 'CONNECT',
      hostname: hostname.replace(/^\[|\]$/g, ''),
      port,
      path: elsewhere,
    });
    const done = (): void => {
      request.destroy();
      resolve();
    };
    request.on('connect', done).on('response', done).on('error', done).end();
  });
}
