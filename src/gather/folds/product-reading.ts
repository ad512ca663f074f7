import { readSearchset } from '../../fhir/bundle.js';
import { missing, type FactValue } from '../../model/fact.js';
import type { OutgoingRequest } from '../request.js';
import { addedTo, nothingOf, testPatientsOf } from './contract-searches.js';
import { defineFold, type SeenExchange } from './fold.js';

type Row = FactValue<'product-reading'>['types'][number];

const mostTypes = 60;
const mostCites = 40;
const wholeRecord = /\$(?:everything|export|lastn|document)\b/;

interface State {
  readonly listed: ReadonlySet<string> | undefined;
  readonly byType: Map<string, Row>;
  readonly wholeRecords: Set<string>;
  readonly cites: string[];
  requests: number;
}

/** What the product asks the EHR for, and how much that brings. */
export default defineFold({
  id: 'product-reading',
  brings: ['product-reading'],
  start: (documents): State => ({
    listed: testPatientsOf(documents),
    byType: new Map(),
    wholeRecords: new Set(),
    cites: [],
    requests: 0,
  }),
  step: () => undefined,
  product(state, { id, request, answer }: SeenExchange, fault) {
    state.requests += 1;
    const whole = wholeRecord.exec(request.path)?.[0];
    if (whole !== undefined) state.wholeRecords.add(whole);
    // An answer of the proxy is nothing that was fetched.
    if (answer?.ok !== true || fault !== undefined || !reads(request)) return;
    const asked = /^([A-Z][A-Za-z]{1,63})(?:\/|$)/.exec(request.path)?.[1];
    if (asked === undefined || (!state.byType.has(asked) && state.byType.size >= mostTypes)) return;
    const row = state.byType.get(asked) ?? { ...nothingOf(asked), reads: 0, narrowed: 0 };
    const page = readSearchset(answer.resource);
    const isSearch = page !== undefined && page !== 'too-many';
    state.byType.set(asked, {
      ...(isSearch ? addedTo(row, page, request, state.listed) : row),
      reads: row.reads + (isSearch ? 0 : 1),
      narrowed: row.narrowed + (isSearch && narrows(request) ? 1 : 0),
    });
    if (state.cites.length < mostCites) state.cites.push(id);
  },
  end: ({ requests, byType, wholeRecords, cites }) =>
    requests === 0
      ? { 'product-reading': missing('no-ai-system', 'no request of the product went through a proxy') }
      : { 'product-reading': { requests, types: [...byType.values()], wholeRecords: [...wholeRecords].sort() }, cites },
});

const reads = ({ method, path }: OutgoingRequest): boolean => method === 'GET' || path.endsWith('/_search');

const narrows = ({ query = [], form = [] }: OutgoingRequest): boolean =>
  [...query, ...form].some(([name]) => name === '_elements' || name === '_summary');
