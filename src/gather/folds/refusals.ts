import { missing, type FactValue } from '../../model/fact.js';
import type { RefusalKind } from '../../model/facts/data-handling.js';
import { listedOrigins } from '../listed-origins.js';
import { plantedSearch, type OutputSearch } from '../output-search.js';
import { plantedIn } from './canaries.js';
import { defineFold } from './fold.js';

type Row = FactValue<'product-refusals'>['hosts'][number];
type Host = { -readonly [K in keyof Row]: Row[K] };

/** Of one address. */
const mostCharacters = 65_536;
const mostHosts = 10;

interface State {
  readonly search: OutputSearch;
  /** In lower case, as the hosts are. */
  readonly names: readonly string[];
  readonly listed: ReadonlySet<string>;
  readonly kinds: Map<RefusalKind, number>;
  readonly hosts: Map<string, Host>;
  requests: number;
}

/** What the product asked the proxy for that was no request to the EHR behind it. */
export default defineFold({
  id: 'refusals',
  brings: ['product-refusals'],
  start: (documents): State => ({
    search: plantedSearch(plantedIn(documents)),
    names: plantedIn(documents).map(({ value }) => value.toLowerCase()),
    listed: new Set([...listedOrigins(documents).keys()].map((origin) => new URL(origin).hostname)),
    kinds: new Map(),
    hosts: new Map(),
    requests: 0,
  }),
  step: () => undefined,
  product(state) {
    state.requests += 1;
  },
  refused(state, { why, host, target }) {
    if (why === 'elsewhere') return;
    state.requests += 1;
    state.kinds.set(why, (state.kinds.get(why) ?? 0) + 1);
    // A name of a host may hold a name of a patient as well.
    if (host === undefined || state.names.some((name) => host.includes(name))) return;
    const row = state.hosts.get(host) ?? { host, listed: state.listed.has(host), times: 0, withCanary: 0 };
    if (!state.hosts.has(host) && state.hosts.size >= mostHosts) return;
    state.hosts.set(host, row);
    row.times += 1;
    const whose = state.search(target.slice(0, mostCharacters));
    if (whose === undefined) return;
    row.withCanary += 1;
    row.whose ??= whose;
  },
  end({ requests, kinds, hosts }) {
    if (requests === 0) {
      return { 'product-refusals': missing('no-ai-system', 'no request of the product went through a proxy') };
    }
    const each = [...kinds].map(([why, times]) => ({ why, times }));
    const refused = each.reduce((sum, { times }) => sum + times, 0);
    return { 'product-refusals': { requests, refused, kinds: each, hosts: [...hosts.values()] } };
  },
});
