import type { Resource } from 'fhir/r4.js';
import { readSearchset, type SearchPage } from '../../fhir/bundle.js';
import { patientsOf } from '../../fhir/reference.js';
import type { FactValue } from '../../model/fact.js';
import type { RunDocuments } from '../probe.js';
import type { OutgoingRequest } from '../request.js';
import { defineFold, type SeenExchange } from './fold.js';

type Brought = FactValue<'contract-searches'>[number];

/** Under this name the contract's own searches are sent, filled with test data. */
const ownSearches = 'test-cases';
const mostTypes = 40;
const mostOtherTypes = 20;
const mostCites = 40;

interface State {
  readonly listed: ReadonlySet<string> | undefined;
  readonly byType: Map<string, Brought>;
  readonly cites: string[];
}

/** How much the contract's own searches bring, and of what. */
export default defineFold({
  id: 'contract-searches',
  brings: ['contract-searches'],
  start: (documents): State => ({
    listed: testPatientsOf(documents),
    byType: new Map(),
    cites: [],
  }),
  step(state, { id, probe, request, answer }: SeenExchange) {
    if (probe !== ownSearches || answer?.ok !== true) return;
    const asked = /^([A-Z][A-Za-z]{1,63})(?:\/_search)?$/.exec(request.path)?.[1];
    const page = readSearchset(answer.resource);
    if (asked === undefined || page === undefined || page === 'too-many') return;
    if (!state.byType.has(asked) && state.byType.size >= mostTypes) return;
    state.byType.set(asked, addedTo(state.byType.get(asked) ?? nothingOf(asked), page, request, state.listed));
    if (state.cites.length < mostCites) state.cites.push(id);
  },
  end: ({ byType, cites }) => ({ 'contract-searches': [...byType.values()], cites }),
});

/** Ids of the listed test patients; undefined where everybody's record is worked on. */
export const testPatientsOf = ({
  organization,
  observed,
}: Pick<RunDocuments, 'organization' | 'observed'>): ReadonlySet<string> | undefined =>
  observed === true ? undefined : new Set((organization.testData?.patients ?? []).map(({ id }) => id));

/** What one more page of a search brought, added to what the type has brought before. */
export function addedTo<B extends Brought>(
  before: B,
  page: SearchPage,
  request: OutgoingRequest,
  listed: ReadonlySet<string> | undefined,
): B {
  const rows = [...page.matches, ...page.included];
  const needed = neededOf(rows, before.resourceType, listed);
  const others = rows.map(({ resourceType }) => resourceType).filter((type) => type !== before.resourceType);
  return {
    ...before,
    searches: before.searches + 1,
    rows: before.rows + rows.length,
    needed: before.needed + needed.length,
    outsideRange: before.outsideRange + needed.filter((row) => isOutside(row, request)).length,
    otherTypes: [...new Set([...before.otherTypes, ...others])].slice(0, mostOtherTypes),
  };
}

export const nothingOf = (resourceType: string): Brought => ({
  resourceType,
  searches: 0,
  rows: 0,
  needed: 0,
  outsideRange: 0,
  otherTypes: [],
});

function neededOf(rows: readonly Resource[], asked: string, listed: ReadonlySet<string> | undefined): Resource[] {
  const own = rows.filter(
    (row) =>
      row.resourceType === asked && (listed === undefined || patientsOf(row).every((patient) => listed.has(patient))),
  );
  return [...new Map(own.map((row) => [row.id ?? row, row])).values()];
}

/** Elements a date parameter of a contract's search may be about, first that is there (https://hl7.org/fhir/R4/searchparameter-registry.html). */
const datedBy: Readonly<Record<string, readonly string[]>> = {
  start: ['start'],
  date: ['start', 'date', 'period', 'effectiveDateTime', 'recordedDate'],
};

/** Whether a date of the row lies outside a bound that was asked for; what cannot be compared is inside. */
function isOutside(row: Resource, { query = [], form = [] }: OutgoingRequest): boolean {
  return [...query, ...form].some(([name, value]) => {
    const [, prefix = '', bound = ''] = /^(ge|gt|le|lt)(\d{4}-\d{2}-\d{2}T.+)$/.exec(value) ?? [];
    const [boundMs, atMs] = [Date.parse(bound), Date.parse(dateOf(row, datedBy[name] ?? []) ?? '')];
    if (Number.isNaN(boundMs) || Number.isNaN(atMs)) return false;
    return prefix.startsWith('g') ? atMs < boundMs : atMs > boundMs;
  });
}

function dateOf(row: Resource, names: readonly string[]): string | undefined {
  const elements = row as unknown as Readonly<Record<string, unknown>>;
  for (const name of names) {
    const value = elements[name];
    const text = name === 'period' ? (value as { start?: unknown } | undefined)?.start : value;
    // A day without a time may be the day of the bound itself.
    if (typeof text === 'string' && text.includes('T')) return text;
  }
  return undefined;
}
