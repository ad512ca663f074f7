import { readSmartConfiguration } from '../../fhir/smart-configuration.js';
import { hostClass } from '../../wire/address.js';
import { discoveryPaths, ownDiscovery } from '../discovery.js';
import { defineProbe } from '../probe.js';

const path = discoveryPaths.smart;

/** What the login is said to look like; no address in the document is followed. */
export default defineProbe({
  id: 'smart-configuration',
  phase: 'discover',
  subjects: 'run',
  needs: [],
  writes: 'none',
  inProduction: true,
  brings: ['smart-configuration'],
  sends: () => [{ context: 'anonymous', method: 'GET', path, most: 2 }],
  async run(_, tools) {
    const {
      anonymous,
      environment: { tokenUrl },
    } = tools;
    const { status, ok, json } = await ownDiscovery(tools, 'smart');
    const found = ok ? readSmartConfiguration(json) : undefined;
    const other = found && (await anonymous({ method: 'GET', path, headers: { accept: 'text/html' } }));
    const { token_endpoint: token, issuer } = found?.addresses ?? {};
    return {
      'smart-configuration': {
        status,
        found: found !== undefined,
        jsonForAnyAccept: other?.ok === true && readSmartConfiguration(other.json) !== undefined,
        addresses: Object.entries(found?.addresses ?? {}).map(([member, text]) => ({ member, form: formOf(text) })),
        tokenEndpointIsListed: token === undefined || tokenUrl === undefined ? null : sameUrl(token, tokenUrl),
        issuerIsAnotherTokenEndpoint:
          issuer !== undefined &&
          tokenUrl !== undefined &&
          !sameUrl(issuer, tokenUrl) &&
          lastStep(issuer) === lastStep(tokenUrl),
        grantTypes: found?.grantTypes === undefined ? null : [...found.grantTypes],
        capabilities: found?.capabilities === undefined ? null : [...found.capabilities],
        codeChallengeMethods: found?.codeChallengeMethods === undefined ? null : [...found.codeChallengeMethods],
      },
    };
  },
});

function formOf(text: string) {
  if (!URL.canParse(text)) return 'relative' as const;
  const { protocol, hostname } = new URL(text);
  const reaches = hostClass(hostname);
  if (reaches === 'forbidden') return 'forbidden-address' as const;
  if (protocol === 'https:') return 'https' as const;
  if (protocol !== 'http:') return 'other-scheme' as const;
  return reaches === 'loopback' ? ('http-on-loopback' as const) : ('http' as const);
}

const sameUrl = (one: string, other: string): boolean =>
  URL.canParse(one) && URL.canParse(other) && new URL(one).href === new URL(other).href;

const lastStep = (url: string): string | undefined =>
  URL.canParse(url) ? new URL(url).pathname.split('/').findLast((step) => step !== '') : undefined;
