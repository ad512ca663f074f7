import type { Bundle } from 'fhir/r4.js';
import type { FactValue } from '../../model/fact.js';
import { defineFold, type SeenExchange } from './fold.js';

type Counts = { -readonly [K in keyof FactValue<'answer-shares'>]: number };

const countOf = new Map<number, 'unauthorized' | 'forbidden' | 'notFound' | 'throttled'>([
  [401, 'unauthorized'],
  [403, 'forbidden'],
  [404, 'notFound'],
  [429, 'throttled'],
]);

/** How the EHR answered those who were signed in; whoever reads the scorecard sees how much the run could look at. */
export default defineFold({
  id: 'answer-shares',
  brings: ['answer-shares'],
  start: (): Counts => ({
    answers: 0,
    unauthorized: 0,
    forbidden: 0,
    notFound: 0,
    throttled: 0,
    searches: 0,
    emptySearches: 0,
  }),
  step(counts, { purpose, context, request, answer }) {
    if (purpose !== 'fhir' || context === 'anonymous' || request.peer !== undefined || answer === undefined) return;
    counts.answers += 1;
    const count = countOf.get(answer.status);
    if (count !== undefined) counts[count] += 1;
    if (!isSearch(request) || !answer.ok || answer.resource?.resourceType !== 'Bundle') return;
    counts.searches += 1;
    if (((answer.resource as Bundle).entry ?? []).length === 0) counts.emptySearches += 1;
  },
  end: (counts) => ({ 'answer-shares': counts }),
});

const isSearch = ({ method, path, query }: SeenExchange['request']): boolean =>
  path.endsWith('/_search') || (method === 'GET' && !path.includes('/') && query !== undefined);
