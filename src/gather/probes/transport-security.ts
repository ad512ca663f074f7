import { hostClass } from '../../wire/address.js';
import { probeTls, tlsVersions, type Offer, type TlsProbe, type TlsVersion } from '../../wire/tls-probe.js';
import { WireFault } from '../../wire/wire-fault.js';
import { listedOrigins } from '../listed-origins.js';
import { defineProbe, type ProbeTools, type RunDocuments } from '../probe.js';

/** Handshakes are slow and one after the other; a file may not ask for more. */
const mostOrigins = 12;

/**
 * Nine handshakes with each origin of the organization file, and one look at port 80 beside 443. No token, no request to
 * the server behind it.
 */
export default defineProbe({
  id: 'transport-security',
  phase: 'discover',
  subjects: 'run',
  needs: [],
  writes: 'none',
  inProduction: true,
  brings: ['transport-security'],
  sends: () => [],
  connects: (documents) =>
    originsOf(documents)
      .map(([origin]) => origin)
      .filter((origin) => origin.startsWith('https:')),
  async run(_, { trust, ...documents }) {
    const seen = [];
    for (const [origin, uses] of originsOf(documents)) {
      seen.push({ origin, uses, ...(await ask(new URL(origin), trust.get(origin))) });
    }
    return { 'transport-security': seen };
  },
});

const originsOf = (documents: Pick<RunDocuments, 'organization' | 'environment' | 'environmentId'>) =>
  [...listedOrigins(documents)].slice(0, mostOrigins);

async function ask(url: URL, trust: ReturnType<ProbeTools['trust']['get']>) {
  if (url.protocol !== 'https:') {
    const loopback = hostClass(url.hostname) === 'loopback';
    return { transport: loopback ? ('http-on-loopback' as const) : ('http' as const), weakSuites: [] };
  }
  const port = Number(url.port || 443);
  try {
    const probe = await probeTls({
      host: url.hostname,
      port,
      ...(trust?.serverName === undefined ? {} : { serverName: trust.serverName }),
      ...(trust?.ca === undefined ? {} : { ca: trust.ca }),
      ...(trust?.caMode === undefined ? {} : { caMode: trust.caMode }),
      ...(port === 443 ? { plainHttpPort: 80 } : {}),
    });
    return { transport: 'https' as const, ...described(probe) };
  } catch (error) {
    if (!(error instanceof WireFault)) throw error;
    const nobody = 'unreachable' as const;
    return {
      transport: 'https' as const,
      versions: { TLSv1: nobody, 'TLSv1.1': nobody, 'TLSv1.2': nobody, 'TLSv1.3': nobody },
      weakSuites: [],
    };
  }
}

const outcomeOf = (offer: Offer) => (offer.outcome === 'not-provable' ? offer.reason : offer.outcome);

function described({ versions, weakSuites, certificate, plainHttp }: TlsProbe) {
  return {
    versions: Object.fromEntries(tlsVersions.map((version) => [version, outcomeOf(versions[version])])) as Record<
      TlsVersion,
      ReturnType<typeof outcomeOf>
    >,
    weakSuites: Object.entries(weakSuites).flatMap(([suite, { outcome }]) => (outcome === 'accepted' ? [suite] : [])),
    ...(certificate === undefined
      ? {}
      : {
          certificate: {
            chain: certificate.chain,
            hostName: certificate.hostName,
            notAfter: certificate.notAfter,
            keyType: certificate.keyType,
            keyBits: certificate.keyBits ?? null,
          },
        }),
    ...(plainHttp === undefined ? {} : { plainHttp: { ...plainHttp } }),
  };
}
