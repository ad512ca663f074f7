import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { importPKCS8, SignJWT } from 'jose';
import { Agent, request } from 'undici';
import { expect } from 'vitest';
import type { OrganizationId } from '../../src/sandbox/clinic/clinic-index.js';
import type { SandboxOrganization } from '../../src/sandbox/organization.js';
import { startSandbox, type SandboxOptions } from '../../src/sandbox/server.js';
import { reusedKeys } from '../support/client-keys.js';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  readonly json: Json;
}
/** What the tests look at in a JSON answer, a resource, a Bundle or an OAuth answer. */
export interface Json {
  readonly resourceType?: string;
  readonly id?: string;
  readonly meta?: { readonly versionId: string };
  readonly status?: string;
  readonly error?: string;
  readonly serviceType?: object;
  readonly total?: number;
  readonly entry?: readonly { readonly resource: Json; readonly response?: { readonly status: string } }[];
  readonly access_token?: string;
}

export type Send = (
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
  url: string,
  headers?: Record<string, string>,
  body?: string,
) => Promise<Answer>;

/** A sandbox in a temporary folder and a client of it that trusts its authority. */
export async function openSandbox(options: Omit<SandboxOptions, 'keysFolder'> = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'ehr-scorecard-sandbox-'));
  const faults: unknown[] = [];
  const sandbox = await startSandbox({
    createKey: reusedKeys(),
    onFault: (fault) => faults.push(fault),
    ...options,
    keysFolder: folder,
  });
  const agent = new Agent({ connect: sandbox.caPem === undefined ? {} : { ca: sandbox.caPem } });

  const send: Send = async (method, url, headers = {}, body) => {
    const response = await request(url, {
      method,
      headers,
      dispatcher: agent,
      ...(body === undefined ? {} : { body }),
    });
    const text = await response.body.text();
    return { status: response.statusCode, headers: response.headers, text, json: parsed(text) };
  };

  const organization = (id: OrganizationId = 'lakeside'): SandboxOrganization => {
    const found = sandbox.organizations.get(id);
    if (!found) throw new Error(`no organization ${id}`);
    return found;
  };

  return {
    sandbox,
    folder,
    send,
    organization,
    async signIn(name: string, id: OrganizationId = 'lakeside', scopes?: readonly string[]): Promise<Session> {
      const answer = await tokenRequest(send, organization(id), name, scopes ? { scopes } : {});
      if (answer.status !== 200) throw new Error(`sign-in of ${name} answered ${answer.status} ${answer.text}`);
      return session(send, organization(id).fhirBase, answer.json.access_token ?? '');
    },
    async close(): Promise<void> {
      await agent.close();
      await sandbox.stop();
      await rm(folder, { recursive: true, force: true });
      expect(faults, 'faults of the sandbox itself').toEqual([]);
    },
  };
}

export type OpenSandbox = Awaited<ReturnType<typeof openSandbox>>;
export type Session = ReturnType<typeof session>;

function session(send: Send, base: string, token: string) {
  const headers = (more: Record<string, string> = {}) => ({ authorization: `Bearer ${token}`, ...more });
  return {
    token,
    get: (path: string, more?: Record<string, string>) => send('GET', `${base}/${path}`, headers(more)),
    post: (path: string, body: unknown, more?: Record<string, string>) =>
      send(
        'POST',
        `${base}/${path}`,
        headers({ 'content-type': 'application/fhir+json', ...more }),
        JSON.stringify(body),
      ),
    put: (path: string, body: unknown, more?: Record<string, string>) =>
      send(
        'PUT',
        `${base}/${path}`,
        headers({ 'content-type': 'application/fhir+json', ...more }),
        JSON.stringify(body),
      ),
    patch: (path: string, body: unknown, more?: Record<string, string>) =>
      send(
        'PATCH',
        `${base}/${path}`,
        headers({ 'content-type': 'application/json-patch+json', ...more }),
        JSON.stringify(body),
      ),
    delete: (path: string, more?: Record<string, string>) => send('DELETE', `${base}/${path}`, headers(more)),
  };
}

export interface AssertionChanges {
  readonly claims?: Record<string, unknown>;
  readonly header?: Record<string, unknown>;
}

export async function assertion(
  organization: SandboxOrganization,
  name: string,
  { claims, header }: AssertionChanges = {},
): Promise<string> {
  const client = organization.clients.find((each) => each.name === name);
  if (!client) throw new Error(`no client ${name}`);
  const key = await importPKCS8(await readFile(client.keyFile, 'utf8'), client.algorithm);
  const now = Math.floor(Date.now() / 1_000);
  const { clientId } = client;
  return new SignJWT({
    iss: clientId,
    sub: clientId,
    aud: organization.tokenUrl,
    exp: now + 120,
    jti: randomUUID(),
    ...claims,
  })
    .setProtectedHeader({ alg: client.algorithm, kid: client.kid, typ: 'JWT', ...header })
    .sign(key);
}

export async function tokenRequest(
  send: Send,
  organization: SandboxOrganization,
  name: string,
  changes: AssertionChanges & {
    readonly scopes?: readonly string[];
    readonly signed?: string;
    readonly url?: string;
  } = {},
): Promise<Answer> {
  const scopes = changes.scopes ?? organization.clients.find((each) => each.name === name)?.scopes ?? [];
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    scope: scopes.join(' '),
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: changes.signed ?? (await assertion(organization, name, changes)),
  });
  return send(
    'POST',
    changes.url ?? organization.tokenUrl,
    { 'content-type': 'application/x-www-form-urlencoded' },
    form.toString(),
  );
}

function parsed(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return {};
  }
}
