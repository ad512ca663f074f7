import { defineCheck, type Verdict } from '../../src/check.js';

/** Refusals of a value that cannot match; the filter was looked at. */
const refusals = [400, 404, 409, 412, 422];

export default defineCheck({
  id: 'read.interactions',
  kind: 'probe',
  severity: 'blocker',
  blocks: 'ehr-configuration',
  title: 'The contract’s own reads and searches bring exactly the right records',
  failureTitle: 'A read or search the workflow depends on fails or brings wrong records',
  plain: 'The AI finds the record it needs, all of it, and nobody else’s.',
  why: 'A filter that is ignored, a page that is never reached or an empty list for a refused question looks like data; the product cannot tell, and acts on it.',
  sends:
    'Runs each search of the contract in strict handling, twice with values that match and in between once per filter with a value that cannot match, follows the pages to the end, reads one record by its id, and searches a type that does not exist.',
  ask: {
    of: 'ehr-team',
    text: 'Run this workflow’s own searches for test patients whose records you know, and show us what came back beside what should have.',
  },
  remedy: [
    {
      owner: 'vendor',
      effort: 'low',
      text: 'Use only parameters and combinations the capability statement lists, and check the rows that come back.',
    },
    {
      owner: 'ehr-team',
      effort: 'medium',
      text: 'Ask for the search parameter, or for the defect to be fixed; show the exchanges of this finding.',
    },
  ],
  references: [
    'https://hl7.org/fhir/R4/http.html#search',
    'https://hl7.org/fhir/R4/http.html#paging',
    'https://hl7.org/fhir/R4/search.html#errors',
  ],
  writes: 'none',
  subjects: 'resource',
  when: ({ item }) => item.find !== undefined,
  ifNone: 'undecided',
  reads: ['search-behaviour'],
  messages: {
    'search-refused': { kind: 'proof', text: 'The contract’s own search is refused with {status}.' },
    'search-fails': { kind: 'availability', text: 'The search is answered with {status}, also when repeated.' },
    'not-a-result': { kind: 'proof', text: 'The search is answered with {status} and no search result ({answer}).' },
    'filter-ignored': {
      kind: 'proof',
      text: '{parameter} is ignored: a value that nothing can match brings {rows} rows.',
    },
    'other-patients': { kind: 'proof', text: '{strangers} of {rows} rows are about somebody else.' },
    'other-types': { kind: 'proof', text: '{otherTypes} of {rows} rows are of another type.' },
    'unusable-ids': { kind: 'proof', text: '{unusableIds} of {rows} rows carry an id that is no FHIR id.' },
    'next-elsewhere': { kind: 'proof', text: 'The link to page {page} leads to another address.' },
    'next-loops': { kind: 'proof', text: 'The links to further pages run in a circle after page {pages}.' },
    'next-broken': { kind: 'proof', text: 'The link to page {page} does not work.' },
    'read-refused': { kind: 'proof', text: 'A record the search brings is refused by its id ({status}).' },
    'read-fails': { kind: 'availability', text: 'The read is answered with {status}, also when repeated.' },
    'other-object': { kind: 'proof', text: 'A read by id answers with another record.' },
    'unknown-type-found': {
      kind: 'proof',
      text: 'A type that does not exist is answered with {status} and an empty result, so an empty result says nothing.',
    },
    'known-lost': { kind: 'control', text: 'A record found before does not come up between the control searches.' },
    'control-not-answered': { kind: 'control', text: 'The control search for {parameter} was answered with {status}.' },
    'nothing-known': { kind: 'limit', text: 'No test patient has a {type}, so an empty result says nothing.' },
    'post-unsupported': { kind: 'limit', text: 'Searching by POST is not supported, so values stand in addresses.' },
    'post-needed': {
      kind: 'limit',
      text: 'Searching by POST is answered with {status}, and the values name a patient: they are not put into an address.',
    },
    'strict-refused': { kind: 'limit', text: 'The search works only while parameters may be ignored.' },
    'parameter-ignored': { kind: 'limit', text: '{parameter} is not repeated in the self link.' },
    'nothing-included': {
      kind: 'limit',
      text: 'The search asks for {parameter}, and nothing came beside the {rows} rows.',
    },
    'total-differs': { kind: 'limit', text: 'The result says {total} and holds {rows} rows.' },
    'too-long': { kind: 'limit', text: 'The result has more than {pages} pages; the rest was not read.' },
  },
  evaluate: ({ 'search-behaviour': seen }, say, { item: { type } }) => {
    const { search, read, rows, pages, total, unknownType } = seen;
    const verdicts: Verdict[] = [];
    if (unknownType.searchset) verdicts.push(say.fail('unknown-type-found', { status: unknownType.status }));
    if (search.answer !== 'searchset') {
      const { status, answer } = search;
      if ([405, 415, 501].includes(status)) verdicts.push(say.notMeasured('post-needed', 'tool-limited', { status }));
      else if (status >= 500) verdicts.push(say.fail('search-fails', { status }));
      else if (status >= 400) verdicts.push(say.fail('search-refused', { status }));
      else verdicts.push(say.fail('not-a-result', { status, answer }));
    }
    if (read !== null && !read.sameObject) {
      const { status } = read;
      if (status >= 500) verdicts.push(say.fail('read-fails', { status }));
      else verdicts.push(status >= 400 ? say.fail('read-refused', { status }) : say.fail('other-object', { status }));
    }
    if (search.answer !== 'searchset') return verdicts;

    const { strangers, otherTypes, unusableIds, end } = seen;
    if (strangers > 0) verdicts.push(say.fail('other-patients', { strangers, rows }));
    if (otherTypes > 0) verdicts.push(say.fail('other-types', { otherTypes, rows }));
    if (unusableIds > 0) verdicts.push(say.fail('unusable-ids', { unusableIds, rows }));
    if (end === 'elsewhere') verdicts.push(say.fail('next-elsewhere', { page: pages + 1 }));
    if (end === 'loops') verdicts.push(say.fail('next-loops', { pages }));
    if (end === 'broken') verdicts.push(say.fail('next-broken', { page: pages + 1 }));
    if (end === 'unfinished') verdicts.push(say.warn('too-long', { pages }));
    if (end === 'end' && total !== null && total !== rows) verdicts.push(say.warn('total-differs', { total, rows }));
    if (search.method === 'GET') verdicts.push(say.warn('post-unsupported'));
    if (search.refusedWhenStrict) verdicts.push(say.warn('strict-refused'));

    const positive = seen.knownFoundBefore && seen.knownFoundAfter;
    if (!positive) {
      verdicts.push(
        read === null && rows === 0
          ? say.notMeasured('nothing-known', 'no-test-object', { type })
          : say.notMeasured('known-lost', 'control-failed'),
      );
    }
    const heeded = new Set<string>();
    for (const { parameter, status, rows: matched } of seen.controls) {
      if (matched === null && !refusals.includes(status)) {
        verdicts.push(say.notMeasured('control-not-answered', 'control-failed', { parameter, status }));
      } else if (matched !== null && matched > 0) {
        verdicts.push(say.fail('filter-ignored', { parameter, rows: matched }));
      } else heeded.add(parameter);
    }
    if (rows > 0) {
      for (const parameter of seen.notIncluded) verdicts.push(say.warn('nothing-included', { parameter, rows }));
    }
    for (const parameter of seen.notInSelf) {
      if (!heeded.has(parameter)) verdicts.push(say.warn('parameter-ignored', { parameter }));
    }
    return verdicts.length > 0 ? verdicts : say.pass({ rows, pages, filters: heeded.size });
  },
});
