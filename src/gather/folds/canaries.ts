import type { Bundle, Resource } from 'fhir/r4.js';
import { hostClass } from '../../wire/address.js';
import { missing, type FactValue } from '../../model/fact.js';
import { listedOrigins } from '../listed-origins.js';
import { plantedSearch, type OutputSearch } from '../output-search.js';
import { tellingInUrl } from '../observers/proxied-request.js';
import type { RunDocuments } from '../probe.js';
import type { Answer } from '../request.js';
import { defineFold, type SeenExchange } from './fold.js';

type Found = FactValue<'canaries-seen'>['found'][number];

/** Read of one body; an error message is short. */
const mostBytes = 65_536;
const mostCites = 40;
const mostParameters = 20;

interface State {
  readonly search: OutputSearch;
  readonly listed: ReadonlySet<string>;
  readonly found: Map<string, Found>;
  readonly cites: string[];
  planted: number;
  controls: number;
  exchanges: number;
  errors: number;
  unsigned: number;
  readonly product: {
    requests: number;
    withCanary: number;
    telling: number;
    controls: number;
    whose?: string;
    readonly parameters: Set<string>;
  };
}

/** Where the canaries of the test patients turn up besides their own records. */
export default defineFold({
  id: 'canaries',
  brings: ['canaries-seen', 'product-addresses'],
  start(documents): State {
    const planted = plantedIn(documents);
    return {
      search: plantedSearch(planted),
      listed: new Set(listedOrigins(documents).keys()),
      found: new Map(),
      cites: [],
      planted: planted.length,
      controls: 0,
      exchanges: 0,
      errors: 0,
      unsigned: 0,
      product: { requests: 0, withCanary: 0, telling: 0, controls: 0, parameters: new Set() },
    };
  },
  step(state, exchange) {
    const { id, url, answer, context } = exchange;
    state.exchanges += 1;
    note(state, id, 'sent-address', url, 'listed');
    if (answer === undefined) return;
    if (context === 'anonymous') state.unsigned += 1;
    searchHeaders(state, exchange, answer);
    const next = nextLink(answer.resource);
    if (next !== undefined) note(state, id, 'given-address', next, ownerOf(state, next, url));
    searchBody(state, exchange, answer);
  },
  product({ product, search, cites }, { id, request, url, answer }) {
    product.requests += 1;
    if (tellingInUrl(request).length > 0) product.telling += 1;
    if (answer?.resource?.resourceType === 'Patient' && search(JSON.stringify(answer.resource)) !== undefined) {
      product.controls += 1;
    }
    const whose = search(url.slice(0, mostBytes));
    if (whose === undefined) return;
    product.withCanary += 1;
    product.whose ??= whose;
    for (const [name, value] of request.query ?? []) {
      const telling = search(value) !== undefined && search(name) === undefined;
      if (telling && product.parameters.size < mostParameters) product.parameters.add(name.slice(0, 64));
    }
    if (cites.length < mostCites) cites.push(id);
  },
  end({ planted, controls, exchanges, errors, unsigned, found, cites, product }) {
    if (planted === 0) {
      const none = missing('no-test-object', 'testData.patients names no canary');
      return { 'canaries-seen': none, 'product-addresses': none };
    }
    return {
      'canaries-seen': { controls, exchanges, errors, unsigned, found: [...found.values()] },
      'product-addresses':
        product.requests === 0
          ? missing('no-ai-system', 'no request of the product went through a proxy')
          : { ...product, parameters: [...product.parameters] },
      cites,
    };
  },
});

/** The canaries of all test patients, by alias. */
export function plantedIn({ organization, peers = [] }: RunDocuments) {
  return [organization, ...peers.map((peer) => peer.organization)].flatMap(({ testData }) =>
    (testData?.patients ?? []).map(({ alias, canary }) => ({ what: alias, value: canary })),
  );
}

function note(state: State, id: string, place: Found['place'], text: string, of: Found['of']): void {
  const whose = state.search(text.slice(0, mostBytes));
  if (whose === undefined) return;
  const key = `${place} ${of}`;
  const earlier = state.found.get(key);
  state.found.set(key, { place, of, times: (earlier?.times ?? 0) + 1, whose: earlier?.whose ?? whose });
  if (state.cites.length < mostCites) state.cites.push(id);
}

function searchHeaders(state: State, { id, url }: SeenExchange, { headers }: Answer): void {
  for (const [name, value] of Object.entries(headers)) {
    if (name === 'location' || name === 'content-location') {
      note(state, id, 'given-address', value, ownerOf(state, value, url));
    } else note(state, id, name === 'set-cookie' ? 'cookie' : 'header', value, 'listed');
  }
}

function searchBody(state: State, { id, context, purpose }: SeenExchange, answer: Answer): void {
  const { ok, resource, body } = answer;
  const text = (): string => Buffer.from(body.subarray(0, mostBytes)).toString('utf8');
  if (context === 'anonymous' && purpose === 'fhir') {
    note(state, id, 'unsigned-answer', text(), 'listed');
    return;
  }
  // What a signed-in client may read may hold a name; a message about it should not.
  const record = resource !== undefined && resource.resourceType !== 'OperationOutcome';
  if (!ok && !record) {
    state.errors += 1;
    note(state, id, 'error', text(), 'listed');
    return;
  }
  if (resource?.resourceType === 'Patient' && state.search(text()) !== undefined) state.controls += 1;
  for (const outcome of outcomesOf(resource)) {
    state.errors += 1;
    note(state, id, 'error', JSON.stringify(outcome), 'listed');
  }
}

function outcomesOf(resource: Resource | undefined): Resource[] {
  if (resource?.resourceType === 'OperationOutcome') return [resource];
  const entries = resource?.resourceType === 'Bundle' ? (resource as Bundle).entry : undefined;
  if (!Array.isArray(entries)) return [];
  return entries.flatMap((entry) => {
    const inner = entry?.resource ?? entry?.response?.outcome;
    return inner?.resourceType === 'OperationOutcome' ? [inner] : [];
  });
}

function nextLink(resource: Resource | undefined): string | undefined {
  const links: unknown = resource?.resourceType === 'Bundle' ? (resource as Bundle).link : undefined;
  if (!Array.isArray(links)) return undefined;
  const next = links.find((each: { relation?: unknown } | null) => each?.relation === 'next') as
    { url?: unknown } | undefined;
  return typeof next?.url === 'string' ? next.url : undefined;
}

/** Whose address the server gave; a relative one is its own. */
function ownerOf({ listed }: State, address: string, base: string): Found['of'] {
  if (!URL.canParse(address, base)) return 'listed';
  const { origin, protocol, hostname } = new URL(address, base);
  if (protocol === 'http:' && hostClass(hostname) !== 'loopback') return 'clear-text';
  return listed.has(origin) || origin === new URL(base).origin ? 'listed' : 'stranger';
}
