import type { Resource } from 'fhir/r4.js';
import type { ContractAction } from '../model/documents/contract.js';
import type { ActionPath, PersonStep, RequestTemplate as DeclaredRequest } from '../model/documents/parts.js';
import type { Subject } from '../model/subject.js';
import type { ProbeTools } from './probe.js';
import { ExchangeFault, type RequestTemplate } from './request.js';
import { fillBody, fillSearch, fillText, holesOf, type SearchRequest } from './template-values.js';
import type { FilledBody } from './test-objects.js';

export type ActionItem = Subject<'action'>['item'];
type StepName = 'do' | 'readBack' | 'find' | 'undo';

/** A step as the organization declares it, else as the contract does; undefined: it follows from the interaction. */
export function declaredStep({ action, path }: ActionItem, name: StepName): DeclaredRequest | PersonStep | undefined {
  const own: ActionPath | undefined = action.path;
  return path?.[name] ?? own?.[name];
}

export const isPersonStep = (step: DeclaredRequest | PersonStep | undefined): step is PersonStep =>
  step !== undefined && 'by' in step;

/** A declared request; undefined where nothing or a person is declared. */
export function requestStep(item: ActionItem, name: StepName): DeclaredRequest | undefined {
  const step = declaredStep(item, name);
  return step === undefined || isPersonStep(step) ? undefined : step;
}

/** The state the contract names, at the element it names. */
export const stateElement = (action: ContractAction): string => action.states?.element?.split('.')[1] ?? 'status';

/** Template of a search with holes; searches go by POST _search, so that no value stands in a URL. */
export function searchTemplate(context: string, search: string, most: number): RequestTemplate {
  const [type = '', query = ''] = search.split(/\?(.*)/s);
  const names = query
    .split('&')
    .filter(Boolean)
    .map((pair) => pair.split('=')[0] ?? '');
  return { context, method: 'POST', path: `${type}/_search?${[...new Set(names)].join('&')}`, most };
}

export const isSearch = (text: string | undefined): text is string => /^[A-Z][A-Za-z]+\?/.test(text ?? '');

/** What a template about a test object may name: the object itself, its slot, and the test data of its patient. */
export class ObjectTemplates {
  readonly #tools: Pick<ProbeTools, 'cases' | 'contract' | 'startedAt'>;
  readonly #filled: FilledBody;
  readonly #own: ReadonlyMap<string, string>;

  constructor(
    tools: Pick<ProbeTools, 'cases' | 'contract' | 'startedAt'>,
    filled: FilledBody,
    resource: Resource | undefined,
  ) {
    this.#tools = tools;
    this.#filled = filled;
    const own = new Map<string, string>();
    for (const { id, type } of tools.contract.resources ?? []) {
      if (type === filled.body.resourceType && resource?.id !== undefined) own.set(`${id}.id`, resource.id);
      if (type !== 'Slot' || filled.slot === undefined) continue;
      for (const element of ['id', 'start', 'end'] as const) own.set(`${id}.${element}`, filled.slot[element] ?? '');
    }
    if (resource?.id !== undefined) own.set('created.id', resource.id);
    this.#own = own;
  }

  /** @throws MissingTemplateValue */
  async search(template: string): Promise<SearchRequest> {
    return fillSearch(template, await this.#values(template), this.#tools.startedAt);
  }

  /** @throws MissingTemplateValue */
  async text(template: string): Promise<string> {
    return fillText(template, await this.#values(template), this.#tools.startedAt);
  }

  /** @throws MissingTemplateValue */
  async body<T>(template: T): Promise<T> {
    return fillBody(template, await this.#values(template), this.#tools.startedAt);
  }

  async #values(template: unknown): Promise<ReadonlyMap<string, string>> {
    const holes = holesOf(template).filter((hole) => !this.#own.has(hole));
    return new Map([...(await this.#tools.cases.values(this.#filled.patient, holes)), ...this.#own]);
  }
}

/** Type and id of a filled `Type/id` address of a declared request. */
export function addressedObject(url: string): { readonly resourceType: string; readonly id: string | undefined } {
  const match = /^([A-Z][A-Za-z]{1,63})(?:\/([A-Za-z0-9.-]{1,64}))?$/.exec(url);
  if (match === null) {
    throw new ExchangeFault('tool-limited', 'the declared path is not a plain FHIR interaction', undefined);
  }
  return { resourceType: match[1] ?? '', id: match[2] };
}
