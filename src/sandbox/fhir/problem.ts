import type { OperationOutcome, OperationOutcomeIssue } from 'fhir/r4.js';

export type IssueCode = OperationOutcomeIssue['code'];

export interface Issue {
  readonly code: IssueCode;
  readonly diagnostics: string;
  /** FHIRPath of the element at fault, or the name of the header or search parameter. */
  readonly expression?: string;
}

/** Ends an interaction with an HTTP status and an OperationOutcome. Source: https://hl7.org/fhir/R4/http.html#summary */
export class FhirProblem extends Error {
  override readonly name = 'FhirProblem';
  readonly status: number;
  readonly issues: readonly Issue[];
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, issues: readonly Issue[], headers: Readonly<Record<string, string>> = {}) {
    super(issues.map(({ diagnostics }) => diagnostics).join('; '));
    this.status = status;
    this.issues = issues;
    this.headers = headers;
  }
}

export function problem(status: number, code: IssueCode, diagnostics: string, expression?: string): FhirProblem {
  return new FhirProblem(status, [{ code, diagnostics, ...(expression === undefined ? {} : { expression }) }]);
}

export function operationOutcome(
  issues: readonly Issue[],
  severity: OperationOutcomeIssue['severity'] = 'error',
): OperationOutcome {
  return {
    resourceType: 'OperationOutcome',
    issue: issues.map(({ code, diagnostics, expression }) => ({
      severity,
      code,
      diagnostics,
      ...(expression === undefined ? {} : { expression: [expression] }),
    })),
  };
}
