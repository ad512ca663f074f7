/** A route as the vendor's list gives it. */
export interface ListedRoute {
  /** Upper case. */
  readonly method: string;
  /** Absolute, or relative to the address of the list; `{name}` stands for a value. */
  readonly address: string;
  /** Values the list itself gives for a name. */
  readonly examples: ReadonlyMap<string, string>;
}

export interface RouteList {
  /** `links`: no list; what the pages of the app lead to. */
  readonly source: 'openapi' | 'har' | 'list' | 'links';
  readonly routes: readonly ListedRoute[];
}

const mostRoutes = 1_000;
const mostAddress = 2_000;
const methods = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'];
const lineOfRoute = /^(?:([A-Za-z]{3,10})\s+)?((?:https?:\/\/|wss?:\/\/|\/)\S*)$/;

type Json = Readonly<Record<string, unknown>>;

/**
 * The routes of a product: OpenAPI 3 (https://spec.openapis.org/oas/v3.1.1.html), a recorded session
 * (http://www.softwareishard.com/blog/har-12-spec/), or a plain list of `GET /path`, a line or an item each. Undefined: none of these.
 *
 * @param read JSON or YAML within bounds; undefined for what is neither
 */
export function readRouteList(text: string, read: (text: string) => unknown): RouteList | undefined {
  const lines = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
  if (lines.length > 0 && lines.every((line) => lineOfRoute.test(line))) return listOf(lines);
  const document = read(text);
  if (Array.isArray(document)) return listOf(document);
  if (!isObject(document)) return undefined;
  if (typeof document['openapi'] === 'string' && document['openapi'].startsWith('3.')) return openApi(document);
  if (isObject(document['log']) && Array.isArray(document['log']['entries']))
    return recorded(document['log']['entries']);
  return Array.isArray(document['routes']) ? listOf(document['routes']) : undefined;
}

function listOf(items: readonly unknown[]): RouteList | undefined {
  const routes = items.slice(0, mostRoutes).flatMap((item): ListedRoute[] => {
    if (typeof item === 'string') {
      const [, method = 'GET', address] = lineOfRoute.exec(item.trim()) ?? [];
      return routeOf(method, address);
    }
    return isObject(item) ? routeOf(item['method'] ?? 'GET', item['path'] ?? item['url']) : [];
  });
  return routes.length === 0 ? undefined : { source: 'list', routes };
}

function recorded(entries: readonly unknown[]): RouteList {
  const routes = new Map<string, ListedRoute>();
  for (const entry of entries.slice(0, mostRoutes)) {
    if (!isObject(entry) || !isObject(entry['request'])) continue;
    const response = isObject(entry['response']) ? entry['response'] : {};
    const content = isObject(response['content']) ? response['content'] : {};
    // What makes the page and not what it shows.
    if (/\b(css|javascript|font)\b/i.test(textOf(content['mimeType']) ?? '')) continue;
    const status = Number(response['status'] ?? 200);
    if (status < 200 || status >= 300) continue;
    for (const route of routeOf(entry['request']['method'], entry['request']['url']))
      routes.set(`${route.method} ${route.address}`, route);
  }
  return { source: 'har', routes: [...routes.values()] };
}

function openApi(document: Json): RouteList {
  const paths = isObject(document['paths']) ? Object.entries(document['paths']) : [];
  const routes = paths.flatMap(([path, item]) => {
    if (!isObject(item)) return [];
    return methods.flatMap((method) => {
      const operation = item[method];
      if (!isObject(operation)) return [];
      const parameters = [...arrayOf(item['parameters']), ...arrayOf(operation['parameters'])].flatMap((each) =>
        parameterOf(each, document),
      );
      const query = [...new Set(parameters.filter(({ inQuery }) => inQuery).map(({ name }) => name))]
        .map((name) => `${encodeURIComponent(name)}={${name}}`)
        .join('&');
      const base = serverOf(operation) ?? serverOf(item) ?? serverOf(document) ?? '/';
      const address = `${base.replace(/\/$/, '')}${path.startsWith('/') ? '' : '/'}${path}${query === '' ? '' : `?${query}`}`;
      const examples = parameters.flatMap(({ name, example }) =>
        example === undefined ? [] : [[name, example] as const],
      );
      return routeOf(method, address, new Map(examples));
    });
  });
  return { source: 'openapi', routes: routes.slice(0, mostRoutes) };
}

/** Those a call cannot do without, and those that name whom it is about. */
function parameterOf(given: unknown, document: Json): { name: string; inQuery: boolean; example?: string }[] {
  const parameter = isObject(given) && typeof given['$ref'] === 'string' ? referenced(given['$ref'], document) : given;
  if (!isObject(parameter)) return [];
  const { name, in: place, required, example } = parameter;
  if (typeof name !== 'string' || name === '' || name.length > 100) return [];
  if (place !== 'path' && !(place === 'query' && (required === true || testValue(name) !== undefined))) return [];
  const schema = isObject(parameter['schema']) ? parameter['schema'] : {};
  const [first] = isObject(parameter['examples']) ? Object.values(parameter['examples']) : [];
  const value =
    textOf(example) ??
    textOf(isObject(first) ? first['value'] : undefined) ??
    textOf(schema['example']) ??
    textOf(arrayOf(schema['examples'])[0]) ??
    textOf(schema['default']) ??
    textOf(arrayOf(schema['enum'])[0]);
  return [{ name, inQuery: place === 'query', ...(value === undefined ? {} : { example: value }) }];
}

function referenced(reference: string, document: Json): unknown {
  const [, name] = /^#\/components\/parameters\/([\w.-]{1,100})$/.exec(reference) ?? [];
  const components = isObject(document['components']) ? document['components'] : {};
  const parameters = isObject(components['parameters']) ? components['parameters'] : {};
  return name === undefined ? undefined : parameters[name];
}

function serverOf({ servers }: Json): string | undefined {
  const [first] = arrayOf(servers);
  if (!isObject(first) || typeof first['url'] !== 'string') return undefined;
  const variables = isObject(first['variables']) ? first['variables'] : {};
  return first['url'].replace(/\{([^{}]{1,100})\}/g, (hole, name: string) => {
    const variable = variables[name];
    return (isObject(variable) ? textOf(variable['default']) : undefined) ?? hole;
  });
}

/** What the test data can give for a name: `patient`, `mrn`, `encounter` or `organization`. */
export function testValue(name: string, before = ''): TestValue | undefined {
  const plain = name.toLowerCase().replace(/[^a-z]/g, '');
  const found = Object.entries(namesOf).find(([, names]) => names.includes(plain))?.[0];
  if (found !== undefined) return found as TestValue;
  if (plain !== 'id') return undefined;
  return /^patients?$/i.test(before) ? 'patient' : /^(encounters?|visits?)$/i.test(before) ? 'encounter' : undefined;
}

export type TestValue = 'patient' | 'mrn' | 'encounter' | 'organization';

const namesOf: Readonly<Record<TestValue, readonly string[]>> = {
  patient: ['patient', 'patientid', 'patientfhirid', 'pid', 'subject', 'subjectid'],
  mrn: ['mrn', 'patientmrn', 'medicalrecordnumber', 'recordnumber'],
  encounter: ['encounter', 'encounterid', 'visit', 'visitid'],
  organization: ['organization', 'organizationid', 'organisation', 'org', 'orgid', 'tenant', 'tenantid'],
};

function routeOf(method: unknown, address: unknown, examples: ReadonlyMap<string, string> = new Map()): ListedRoute[] {
  if (typeof method !== 'string' || !/^[A-Za-z]{3,10}$/.test(method)) return [];
  if (typeof address !== 'string' || address === '' || address.length > mostAddress) return [];
  return [{ method: method.toUpperCase(), address, examples }];
}

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const arrayOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value.slice(0, 100) : []);
const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' && value.length <= 200
    ? value
    : typeof value === 'number'
      ? String(value)
      : undefined;
