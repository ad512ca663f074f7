import type { Bundle, OperationOutcome, Resource } from 'fhir/r4.js';

/** Entries beyond this are not read. */
export const maximumEntries = 5_000;

export interface SearchPage {
  /** Resources with search.mode `match` or none. */
  readonly matches: readonly Resource[];
  /** Resources with search.mode `include`. */
  readonly included: readonly Resource[];
  /** OperationOutcome entries of the bundle. */
  readonly outcomes: readonly OperationOutcome[];
  readonly total: number | undefined;
  readonly self: string | undefined;
  readonly next: string | undefined;
}

/**
 * Reads a searchset. Entries without a resource are passed over.
 * Returns `undefined` when it is no searchset Bundle, `'too-many'` above 5,000 entries.
 * https://hl7.org/fhir/R4/http.html#search
 */
export function readSearchset(resource: Resource | undefined): SearchPage | 'too-many' | undefined {
  if (resource?.resourceType !== 'Bundle') return undefined;
  const bundle = resource as Bundle;
  if (bundle.type !== 'searchset') return undefined;
  const entries = Array.isArray(bundle.entry) ? bundle.entry : [];
  if (entries.length > maximumEntries) return 'too-many';
  const matches: Resource[] = [];
  const included: Resource[] = [];
  const outcomes: OperationOutcome[] = [];
  for (const entry of entries) {
    const each = entry?.resource;
    if (typeof each?.resourceType !== 'string') continue;
    if (each.resourceType === 'OperationOutcome') outcomes.push(each as OperationOutcome);
    else if (entry.search?.mode === 'include') included.push(each);
    else matches.push(each);
  }
  const link = (relation: string): string | undefined => {
    const found = (Array.isArray(bundle.link) ? bundle.link : []).find((each) => each?.relation === relation)?.url;
    return typeof found === 'string' ? found : undefined;
  };
  return {
    matches,
    included,
    outcomes,
    total: typeof bundle.total === 'number' ? bundle.total : undefined,
    self: link('self'),
    next: link('next'),
  };
}

/** Whether an answer explains itself: an OperationOutcome with at least one issue. */
export function explains(resource: Resource | undefined): boolean {
  if (resource?.resourceType !== 'OperationOutcome') return false;
  const issues = (resource as OperationOutcome).issue;
  return Array.isArray(issues) && issues.length > 0;
}

/** An OperationOutcome that reports an error, also under a 2xx status. */
export function reportsError(resource: Resource | undefined): boolean {
  if (resource?.resourceType !== 'OperationOutcome') return false;
  const issues = (resource as OperationOutcome).issue;
  return Array.isArray(issues) && issues.some((issue) => issue?.severity === 'error' || issue?.severity === 'fatal');
}
