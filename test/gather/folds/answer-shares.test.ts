import { expect, it } from 'vitest';
import fold from '../../../src/gather/folds/answer-shares.js';
import type { SeenExchange } from '../../../src/gather/folds/fold.js';
import type { RunDocuments } from '../../../src/gather/probe.js';
import { validityOf } from '../../../src/evaluate/validity.js';

type Seen = {
  status?: number;
  path?: string;
  method?: string;
  rows?: number;
  query?: [string, string][];
  context?: string;
  purpose?: string;
  peer?: string;
};

const seen = ({ status, path = 'Patient/a', method = 'GET', rows, query, ...rest }: Seen): SeenExchange =>
  ({
    context: rest.context ?? 'ai',
    purpose: rest.purpose ?? 'fhir',
    request: { method, path, ...(query && { query }), ...(rest.peer && { peer: rest.peer }) },
    answer: status && {
      status,
      ok: status < 300,
      resource:
        rows === undefined ? undefined : { resourceType: 'Bundle', entry: Array.from({ length: rows }, () => ({})) },
    },
  }) as unknown as SeenExchange;

function counted(...exchanges: Seen[]): unknown {
  const state = fold.start({} as RunDocuments);
  for (const each of exchanges) fold.step(state, seen(each));
  return fold.end(state)['answer-shares'];
}

it('counts answers by status and searches by whether they brought a row', () => {
  expect(
    counted(
      { status: 200 },
      { status: 401 },
      { status: 403 },
      { status: 403 },
      { status: 404 },
      { status: 429 },
      { status: 200, path: 'Slot/_search', method: 'POST', rows: 0 },
      { status: 200, path: 'Slot', query: [['start', 'x']], rows: 2 },
      { status: 400, path: 'Slot/_search', method: 'POST' },
    ),
  ).toEqual({
    answers: 9,
    unauthorized: 1,
    forbidden: 2,
    notFound: 1,
    throttled: 1,
    searches: 2,
    emptySearches: 1,
  });
});

it('leaves out what says nothing about the signed-in run', () => {
  expect(
    counted(
      { status: 401, context: 'anonymous' },
      { status: 401, purpose: 'token' },
      { status: 403, peer: 'summit' },
      {},
    ),
  ).toMatchObject({ answers: 0, unauthorized: 0, forbidden: 0 });
});

it('is null in the scorecard where nobody was signed in', () => {
  const none = { answers: 0, unauthorized: 0, forbidden: 0, notFound: 0, throttled: 0, searches: 0, emptySearches: 0 };
  const fact = (value: unknown) =>
    [{ kind: 'answer-shares', value }] as unknown as Parameters<typeof validityOf>[0]['facts'];
  expect(validityOf({ facts: [] })).toBeNull();
  expect(validityOf({ facts: fact({ missing: 'probe-error' }) })).toBeNull();
  expect(validityOf({ facts: fact(none) })).toBeNull();
  expect(validityOf({ facts: fact({ ...none, answers: 3, forbidden: 1 }) })).toMatchObject({
    answers: 3,
    forbidden: 1,
  });
});
