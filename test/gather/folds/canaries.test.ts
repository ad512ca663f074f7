import { describe, expect, it } from 'vitest';
import canaries from '../../../src/gather/folds/canaries.js';
import type { SeenExchange } from '../../../src/gather/folds/fold.js';
import type { RunDocuments } from '../../../src/gather/probe.js';
import type { Answer } from '../../../src/gather/request.js';

const fhirBase = 'https://ehr.example/fhir';
const documents = {
  organization: {
    metadata: { id: 'lakeside' },
    testData: { patients: [{ alias: 'p1', id: '1', canary: 'ZZTESTALPHA' }] },
  },
  environment: { fhirBase },
  environmentId: 'test',
} as unknown as RunDocuments;

interface Given {
  readonly status?: number;
  readonly json?: object;
  readonly text?: string;
  readonly headers?: Record<string, string>;
  readonly context?: string;
  readonly url?: string;
}

function exchange({ status = 200, json, text, headers = {}, context = 'ai', url = `${fhirBase}/Patient/1` }: Given) {
  const answer = {
    status,
    ok: status < 300,
    headers,
    body: Buffer.from(text ?? JSON.stringify(json ?? {})),
    resource: json !== undefined && 'resourceType' in json ? json : undefined,
  } as unknown as Answer;
  return { id: 'x1', probe: 'any', context, purpose: 'fhir', request: {}, url, answer } as unknown as SeenExchange;
}

function foldedOver(...given: Given[]) {
  const state = canaries.start(documents);
  for (const each of given) canaries.step(state, exchange(each));
  return canaries.end(state)['canaries-seen'] as { controls: number; found: object[] };
}

const patient = { resourceType: 'Patient', name: [{ family: 'ZZTESTALPHA' }] };
const outcome = (diagnostics: string) => ({ resourceType: 'OperationOutcome', issue: [{ diagnostics }] });
const base64 = Buffer.from('name=ZZTESTALPHA').toString('base64');

describe('the canaries of test patients', () => {
  it('belong into the record, which is the control', () => {
    expect(foldedOver({ json: patient })).toMatchObject({ controls: 1, found: [] });
  });

  it.each<[string, Given, object]>([
    ['an address we sent', { url: `${fhirBase}/Patient?family=ZZTESTALPHA` }, { place: 'sent-address', of: 'listed' }],
    ['Location', { headers: { location: `/Patient/1?n=${base64}` } }, { place: 'given-address', of: 'listed' }],
    [
      'Location of a stranger',
      { headers: { location: 'https://portal.example/?n=ZZTESTALPHA' } },
      { place: 'given-address', of: 'stranger' },
    ],
    [
      'a next link in clear text',
      {
        json: {
          resourceType: 'Bundle',
          link: [{ relation: 'next', url: 'http://ehr.example/fhir?family=ZZTESTALPHA' }],
        },
      },
      { place: 'given-address', of: 'clear-text' },
    ],
    ['a cookie', { headers: { 'set-cookie': 'last=ZZTESTALPHA' } }, { place: 'cookie' }],
    ['a header', { headers: { 'x-patient': 'ZZTESTALPHA' } }, { place: 'header' }],
    ['diagnostics', { status: 422, json: outcome('ZZTESTALPHA is no date') }, { place: 'error' }],
    [
      'diagnostics beside rows',
      { json: { resourceType: 'Bundle', entry: [{ resource: outcome('ZZTESTALPHA') }] } },
      { place: 'error' },
    ],
    ['an error page', { status: 500, text: '<h1>ZZTESTALPHA</h1>' }, { place: 'error' }],
    [
      'an answer without a sign-in',
      { status: 401, context: 'anonymous', json: outcome('ZZTESTALPHA') },
      { place: 'unsigned-answer' },
    ],
    ['a record without a sign-in', { context: 'anonymous', json: patient }, { place: 'unsigned-answer' }],
  ])('are found in %s', (_, given, expected) => {
    expect(foldedOver(given).found).toEqual([{ of: 'listed', times: 1, whose: 'p1', ...expected }]);
  });

  it('are allowed in a conflict that shows the record, and in a self link', () => {
    const page = { resourceType: 'Bundle', link: [{ relation: 'self', url: `${fhirBase}?family=ZZTESTALPHA` }] };
    expect(foldedOver({ status: 409, json: patient }, { json: page }).found).toEqual([]);
  });

  it('are counted once for each place, however often they come', () => {
    const leak = { headers: { 'x-patient': 'ZZTESTALPHA' } };
    expect(foldedOver(leak, leak, leak).found).toEqual([{ place: 'header', of: 'listed', times: 3, whose: 'p1' }]);
  });

  it('are missing where nobody named one', () => {
    const state = canaries.start({ ...documents, organization: { metadata: { id: 'lakeside' } } } as RunDocuments);
    expect(canaries.end(state)).toMatchObject({ 'canaries-seen': { missing: 'no-test-object' } });
  });
});

it('looks into the addresses the product sends, and says by parameter', () => {
  const state = canaries.start(documents);
  const sent = (query: [string, string][]): SeenExchange => ({
    ...exchange({ url: `${fhirBase}/Patient?${new URLSearchParams(query)}` }),
    request: { method: 'GET', path: 'Patient', query },
  });
  canaries.product?.(
    state,
    sent([
      ['family', 'ZZTESTALPHA'],
      ['birthdate', '1980-01-01'],
    ]),
    undefined,
  );
  canaries.product?.(state, sent([['_id', '1']]), undefined);
  canaries.product?.(state, exchange({ json: patient }), undefined);
  expect(canaries.end(state)['product-addresses']).toEqual({
    requests: 3,
    withCanary: 1,
    telling: 1,
    controls: 1,
    whose: 'p1',
    parameters: ['family'],
  });
  expect(canaries.end(canaries.start(documents))['product-addresses']).toMatchObject({ missing: 'no-ai-system' });
});
