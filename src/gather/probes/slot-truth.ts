import type { Appointment, Resource, Slot } from 'fhir/r4.js';
import { referencedId } from '../../fhir/reference.js';
import type { Contract, ContractResource } from '../../model/documents/contract.js';
import { missing } from '../../model/fact.js';
import { defineProbe, type Client } from '../probe.js';
import { ExchangeFault, type RequestTemplate } from '../request.js';
import { followPages, searchEitherWay, searchsetOf } from '../result-pages.js';
import { fillSearch, holesOf } from '../template-values.js';

/** 0 wrong of 59, or 1 of 93, shows at most 5 % (one-sided 95 %). */
const offersWanted = 100;
const offerPages = 10;
const idsPerSearch = 50;
const holding = new Set(['booked', 'arrived', 'checked-in', 'fulfilled']);

/** Times offered to the AI system against what a staff context sees of the same slots and the visits that hold them. */
export default defineProbe({
  id: 'slot-truth',
  phase: 'read',
  subjects: 'slots',
  needs: ['ai', 'staff'],
  writes: 'none',
  brings: ['offered-slots'],
  sends: (_, { contract }) => {
    if (slotSearch(contract) === undefined) return [];
    const [, query = ''] = (slotSearch(contract)?.find ?? '').split(/\?(.*)/s);
    const names = [...new Set(query.split('&').map((pair) => pair.split('=')[0] ?? ''))].join('&');
    const searches = (context: string, path: string, most: number, pages: number): RequestTemplate[] => {
      const [type = '', parameters = ''] = path.split('?');
      return [
        { context, method: 'POST', path: `${type}/_search?${parameters}`, most },
        { context, method: 'GET', path, most, pages },
      ];
    };
    const chunks = Math.ceil(offersWanted / idsPerSearch);
    return [
      ...searches('ai', `Slot?${names}`, 1, offerPages),
      ...searches('ai', 'Slot?_id', chunks, 2),
      ...searches('staff', 'Slot?_id', chunks, 2),
      ...searches('staff', 'Appointment?slot', chunks, 2),
    ];
  },
  async run(_, { clients: { ai, staff }, cases, contract, environment: { fhirBase }, now }) {
    const resource = slotSearch(contract);
    const [patient] = cases.patients();
    if (resource === undefined)
      return { 'offered-slots': missing('undecided', 'the contract names no search for free times') };
    if (patient === undefined) return { 'offered-slots': missing('no-test-object', 'no test patient is listed') };
    const { parameters } = fillSearch(resource.find ?? '', await cases.values(patient, holesOf(resource.find)), now());
    const answer = await searchEitherWay(ai, 'Slot', parameters);
    const page = searchsetOf(answer);
    const nothing = { offered: 0, phantom: 0, appointmentsStatus: answer.status };
    if (page === undefined) return { 'offered-slots': { status: answer.status, learnable: false, ...nothing } };
    const { rows } = await followPages(ai, 'Slot', page, fhirBase, { pages: offerPages, rows: offersWanted });
    const offered = freeIds(rows).slice(0, offersWanted);

    const slots = (ids: readonly string[], client: Client): Promise<Found> =>
      findAll(client, 'Slot', '_id', ids, fhirBase);
    const truth = await slots(offered, staff);
    if (offered.length > 0 && truth.rows.length === 0) {
      throw new ExchangeFault(
        'control-failed',
        `the staff context sees none of the offered slots (${truth.status})`,
        answer.exchange,
      );
    }
    const visits = await findAll(
      staff,
      'Appointment',
      'slot',
      offered.map((id) => `Slot/${id}`),
      fhirBase,
    );
    const held = new Set(
      (visits.rows as Appointment[])
        .filter((visit) => visit.resourceType === 'Appointment' && holding.has(visit.status))
        .flatMap((visit) => (visit.slot ?? []).map(({ reference }) => referencedId(reference, 'Slot'))),
    );
    const free = new Set(freeIds(truth.rows));
    const doubtful = offered.filter((id) => !free.has(id) || held.has(id));
    // A slot booked by somebody between the two readings is offered no more.
    const stillOffered = doubtful.length === 0 ? [] : freeIds((await slots(doubtful, ai)).rows);
    return {
      'offered-slots': {
        status: answer.status,
        learnable: true,
        offered: offered.length,
        phantom: doubtful.filter((id) => stillOffered.includes(id)).length,
        appointmentsStatus: visits.status,
      },
    };
  },
});

const slotSearch = (contract: Contract): ContractResource | undefined =>
  contract.resources?.find((each) => each.type === 'Slot' && each.find !== undefined);

const freeIds = (rows: readonly Resource[]): string[] =>
  (rows as Slot[])
    .filter((row) => row.resourceType === 'Slot' && row.status === 'free' && /^[A-Za-z0-9.-]{1,64}$/.test(row.id ?? ''))
    .map((row) => row.id ?? '');

interface Found {
  readonly rows: readonly Resource[];
  /** Of the last search. */
  readonly status: number;
}

async function findAll(
  client: Client,
  resourceType: string,
  parameter: string,
  values: readonly string[],
  fhirBase: string,
): Promise<Found> {
  const rows: Resource[] = [];
  let status = 200;
  for (let start = 0; start < values.length; start += idsPerSearch) {
    const value = values.slice(start, start + idsPerSearch).join(',');
    const answer = await searchEitherWay(client, resourceType, [[parameter, value]]);
    status = answer.status;
    const page = searchsetOf(answer);
    if (page !== undefined) rows.push(...(await followPages(client, resourceType, page, fhirBase)).rows);
  }
  return { rows, status };
}
