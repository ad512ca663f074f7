import type { Subscription } from 'fhir/r4.js';
import { type FhirConnection } from './fhir-connection.js';
import { isResource } from './product.js';

const endsAfterMs = 3_600_000;
const attempts = 20;
const pauseMs = 50;
/** Nobody waits on the line for it. */
const deadlineMs = 10_000;

/**
 * Asks the EHR to report cancelled visits to `endpoint` and waits until it says that it will; gives what ends it.
 * https://hl7.org/fhir/R4/subscription.html
 *
 * @throws Error when the EHR takes no subscription or does not activate it
 */
export async function subscribe(
  connection: FhirConnection,
  endpoint: string,
  token: string,
): Promise<() => Promise<void>> {
  const wish: Subscription = {
    resourceType: 'Subscription',
    status: 'requested',
    reason: 'Offer freed visits',
    // Ends by itself where the program could not say goodbye.
    end: new Date(Date.now() + endsAfterMs).toISOString(),
    criteria: 'Appointment?status=cancelled',
    channel: {
      type: 'rest-hook',
      endpoint,
      payload: 'application/fhir+json',
      header: [`Authorization: Bearer ${token}`],
    },
  };
  const created = await connection.send({
    method: 'POST',
    url: 'Subscription',
    headers: { 'content-type': 'application/fhir+json', prefer: 'return=representation' },
    body: JSON.stringify(wish),
    deadlineMs,
  });
  const id = isResource<Subscription>(created.body, 'Subscription')
    ? created.body.id
    : /Subscription\/([A-Za-z0-9.-]{1,64})/u.exec(created.location ?? '')?.[1];
  if (created.status !== 201 || id === undefined)
    throw new Error(`the EHR answered ${created.status} to a subscription`);
  const url = `Subscription/${id}`;

  const end = async () => {
    const current = await connection.send({ method: 'GET', url });
    if (current.status === 404 || current.status === 410) return;
    await connection.send({ method: 'DELETE', url, headers: current.etag ? { 'if-match': current.etag } : {} });
  };
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const { body } = await connection.send({ method: 'GET', url });
    const status = isResource<Subscription>(body, 'Subscription') ? body.status : undefined;
    if (status === 'active') return end;
    if (status === 'error' || status === undefined) break;
    await new Promise((resolve) => {
      setTimeout(resolve, pauseMs);
    });
  }
  await end();
  throw new Error('the EHR did not activate the subscription');
}
