import type { Resource, Slot } from 'fhir/r4.js';
import { readSearchset } from '../../fhir/bundle.js';
import type { ContractResource } from '../../model/documents/contract.js';
import type { TestPatient } from '../../model/documents/organization.js';
import type { Client, ProbeTools } from '../probe.js';
import { ExchangeFault } from '../request.js';
import { fillSearch, holesOf, type SearchRequest } from '../template-values.js';
import type { Lane } from './lane.js';
import { timed } from './timed.js';
import type { Sighting } from './watch.js';

/** Who asks in a series, and by which lane. */
export interface Asking {
  readonly client: Client;
  readonly lane: Lane;
  readonly signal: AbortSignal;
}

/** One look by a search; neither seen nor unseen where the answer is unusable, or goes on on a next page. */
export async function measuredSearch(
  { client, lane, signal }: Asking,
  { type, parameters, noCache }: SearchRequest & { readonly noCache: boolean },
  found: (matches: readonly Resource[]) => boolean,
): Promise<Sighting> {
  const asked = await timed(lane, signal, () =>
    client.send({
      method: 'POST',
      path: `${type}/_search`,
      form: parameters,
      ...(noCache ? { headers: { 'cache-control': 'no-cache' } } : {}),
      measured: {},
      tolerant: true,
    }),
  );
  const page = asked.answer?.ok === true ? readSearchset(asked.answer.resource) : undefined;
  const times = { sentAtMs: asked.sentAtMs, receivedAtMs: asked.receivedAtMs };
  if (page === undefined || page === 'too-many') return { seen: undefined, ...times };
  const seen = found(page.matches);
  // What is not on the first page may stand on the next one.
  return { seen: seen || page.next === undefined ? seen : undefined, ...times };
}

export interface SlotSighting {
  readonly state: 'taken' | 'free' | undefined;
  /** Asked for no cached answer: says that it is so, not that everybody sees it. */
  readonly noCache?: boolean;
  readonly sentAtMs: number;
  readonly receivedAtMs: number;
}

/**
 * The contract's own search, asked for one slot only. A slot that is seen free again may be booked again.
 * @throws ExchangeFault `no-test-object` where the contract does not say how slots are found
 */
export async function searchSlot(
  { clients, cases, signal, startedAt }: Pick<ProbeTools, 'clients' | 'cases' | 'signal' | 'startedAt'>,
  lane: Lane,
  {
    resource: { find },
    slot,
    patient,
    noCache,
  }: {
    readonly resource: ContractResource;
    readonly slot: Slot;
    readonly patient: TestPatient;
    readonly noCache: boolean;
  },
): Promise<SlotSighting> {
  if (find === undefined) throw new ExchangeFault('no-test-object', 'no search for slots', undefined);
  const values = new Map(await cases.values(patient, holesOf(find)));
  values.set('trigger.from', slot.start);
  values.set('trigger.to', slot.end);
  let status: string | undefined;
  const { seen, ...times } = await measuredSearch(
    { client: clients.ai, lane, signal },
    { ...fillSearch(find, values, startedAt), noCache },
    (matches) => {
      const found = matches.find((match) => match.id === slot.id) as Slot | undefined;
      status = found?.status;
      return found !== undefined;
    },
  );
  // A search for free slots does not return a taken one at all.
  return { ...times, state: seen === undefined ? undefined : status === 'free' ? 'free' : 'taken', noCache };
}
