import { ToolError, exitCodes } from '../model/errors.js';
import type { OutgoingRequest, RequestTemplate } from './request.js';

/** Counts what one probe may still send for one subject. */
export class TemplateBudget {
  readonly #left: { readonly template: RequestTemplate; readonly shape: Shape; left: number; pagesLeft: number }[];
  readonly #owner: string;

  constructor(owner: string, templates: readonly RequestTemplate[]) {
    this.#owner = owner;
    this.#left = templates.map((template) => ({
      template,
      shape: shapeOfTemplate(template),
      left: template.most,
      pagesLeft: (template.pages ?? 0) * template.most,
    }));
  }

  /**
   * Takes one request out of the budget and returns its template.
   * @throws ToolError `unplanned-request`: nothing is sent
   */
  take(context: string, request: OutgoingRequest): RequestTemplate {
    const paging = request.nextLink !== undefined;
    const entry = this.#left.find(
      (candidate) =>
        (paging ? candidate.pagesLeft : candidate.left) > 0 &&
        matches(candidate.template, candidate.shape, context, request),
    );
    if (entry === undefined) {
      throw new ToolError(
        'unplanned-request',
        `probe ${this.#owner} wanted to send ${request.method} ${shapeOf(request)} as ${context}, which its plan does not hold`,
        { exitCode: exitCodes.internal, next: 'Please report this; nothing was sent.' },
      );
    }
    if (paging) entry.pagesLeft -= 1;
    else entry.left -= 1;
    return entry.template;
  }
}

interface Shape {
  readonly segments: readonly string[];
  readonly names: readonly string[];
}

function shapeOfTemplate({ path }: RequestTemplate): Shape {
  const [segments = '', names = ''] = path.split('?');
  return { segments: segments.split('/'), names: names === '' ? [] : names.split('&') };
}

function matches(
  template: RequestTemplate,
  { segments, names }: Shape,
  context: string,
  request: OutgoingRequest,
): boolean {
  if (template.method !== request.method || template.context !== context) return false;
  if ((template.purpose ?? 'fhir') !== (request.purpose ?? 'fhir') || template.peer !== request.peer) return false;
  const actual = request.path.split('/');
  if (segments.length !== actual.length) return false;
  if (
    !segments.every((segment, index) =>
      segment === '{id}'
        ? /^[A-Za-z0-9.-]{1,64}$/.test(actual[index] ?? '')
        : segment === '{type}'
          ? /^[A-Z][A-Za-z]{1,40}$/.test(actual[index] ?? '')
          : segment === '{service}'
            ? /^(?!\.{1,2}$)[A-Za-z0-9._~-]{1,100}$/.test(actual[index] ?? '')
            : segment === actual[index],
    )
  )
    return false;
  return [...(request.query ?? []), ...((request.path.endsWith('_search') && request.form) || [])].every(([name]) =>
    names.includes(name),
  );
}

/** A request without its values: `Appointment/{id}`, `Slot?schedule&start`. What is kept of a URL. */
export function shapeOf(request: Pick<OutgoingRequest, 'path' | 'query' | 'form' | 'nextLink'>): string {
  const path = request.path
    .split('/')
    .map((segment, index) =>
      index === 0 || /^[$_.]|^(metadata|smart-configuration|feedback)$/.test(segment) ? segment : '{id}',
    )
    .join('/');
  if (request.nextLink !== undefined) return `${path}?{next}`;
  const names = [...(request.query ?? []), ...((request.path.endsWith('_search') && request.form) || [])].map(
    ([name]) => name,
  );
  return names.length === 0 ? path : `${path}?${[...new Set(names)].join('&')}`;
}
