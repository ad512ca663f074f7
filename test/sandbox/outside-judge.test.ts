import { Client } from 'fhir-kit-client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSandbox, type Json, type OpenSandbox } from './sandbox-session.js';

// fhir-kit-client was written by others for other servers. It takes no certificate authority, so plain http it is.
let opened: OpenSandbox;
let client: Client;
beforeAll(async () => {
  opened = await openSandbox({ organizations: ['lakeside'], http: true });
  client = new Client({ baseUrl: opened.organization().fhirBase });
});
afterAll(() => opened.close());

test('discovery finds the token endpoint, and the capability statement names it too', async () => {
  const { tokenUrl } = opened.organization();
  const { tokenUrl: found } = await client.smartAuthMetadata();
  expect(found?.href).toBe(tokenUrl);
  const statement = JSON.stringify(await client.capabilityStatement());
  expect(statement).toContain(tokenUrl);
});

test('before sign-in a search is refused', async () => {
  await expect(client.search({ resourceType: 'Slot' })).rejects.toMatchObject({ response: { status: 401 } });
});

test('after sign-in: search page by page, read, create, conflicting update', async () => {
  const { token } = await opened.signIn('event-source');
  client.bearerToken = token;

  const first = (await client.search({ resourceType: 'Slot', searchParams: { status: 'free', _count: 40 } })) as Json;
  const found = new Set<string>();
  let page: Json | undefined = first;
  while (page) {
    for (const { resource } of page.entry ?? []) found.add(resource.id ?? '');
    page = await client.nextPage({ bundle: page as never });
  }
  expect(found.size).toBe(first.total);
  expect(found.size).toBeGreaterThan(200);

  const { patients, orders } = opened.organization().clinic.index;
  const created = (await client.create({
    resourceType: 'Task',
    body: {
      resourceType: 'Task',
      status: 'requested',
      intent: 'order',
      focus: { reference: `ServiceRequest/${orders[0]?.id}` },
      for: { reference: `Patient/${patients[0]?.id}` },
    },
  })) as Json;
  expect(created.meta?.versionId).toBe('1');
  const read = (await client.read({ resourceType: 'Task', id: created.id ?? '' })) as Json;
  expect(read).toEqual(created);

  const update = (status: string) =>
    client.update({
      resourceType: 'Task',
      id: created.id ?? '',
      body: { ...created, status } as never,
      options: { headers: { 'If-Match': 'W/"1"' } },
    });
  expect(((await update('accepted')) as Json).meta?.versionId).toBe('2');
  await expect(update('rejected')).rejects.toMatchObject({
    response: { status: 412, data: { resourceType: 'OperationOutcome' } },
  });
  expect(((await client.read({ resourceType: 'Task', id: created.id ?? '' })) as Json).status).toBe('accepted');
});
