import type { Resource } from 'fhir/r4.js';
import { isBundle, type FhirConnection } from './fhir-connection.js';
import { liveProduct } from './live-product.js';
import { runProgram } from './program.js';

const mostPages = 20;

/** A product that searches by name and birth date in the address, where every log on the way keeps them. */
await runProgram((connection, configuration) => liveProduct(searchingInAddresses(connection), configuration));

function searchingInAddresses(connection: FhirConnection): FhirConnection {
  return {
    ...connection,
    async searchAll(type, parameters) {
      const found: Resource[] = [];
      const query = new URLSearchParams(parameters.map(([name, value]): [string, string] => [name, value]));
      let url: string | undefined = `${type}?${query}`;
      for (let page = 0; url !== undefined && page < mostPages; page += 1) {
        const { status, body } = await connection.send({ method: 'GET', url });
        if (status !== 200 || !isBundle(body)) throw new Error(`a search for ${type} answered ${status}`);
        for (const { resource } of body.entry ?? []) if (resource?.resourceType === type) found.push(resource);
        url = body.link?.find(({ relation }) => relation === 'next')?.url;
      }
      return found;
    },
  };
}
