import type { Appointment, Resource, Slot } from 'fhir/r4.js';
import { objectsIn } from '../../fhir/list.js';
import { localReference, referencedId } from '../../fhir/reference.js';
import type { Contract, ContractResource } from '../../model/documents/contract.js';
import { missing } from '../../model/fact.js';
import { ofVisitType } from '../appointment-rules.js';
import { defineProbe, type Client, type ProbeTools } from '../probe.js';
import { ExchangeFault, type RequestTemplate } from '../request.js';
import { followPages, searchEitherWay, searchsetOf } from '../result-pages.js';
import { scheduleTruth, scheduleTruthTemplates, scheduleViewer } from '../schedule-truth.js';
import { fillSearch, holesOf } from '../template-values.js';

/** 0 wrong of 59, or 1 of 93, shows at most 5 % (one-sided 95 %). */
const offersWanted = 100;
const offerPages = 10;
const idsPerSearch = offersWanted;
const holding = new Set(['booked', 'arrived', 'checked-in', 'fulfilled']);

/** Times offered to the AI system against what others see of the same slots, their provider, their room and the rules. */
export default defineProbe({
  id: 'slot-truth',
  phase: 'read',
  subjects: 'slots',
  needs: ['ai', 'staff'],
  writes: 'none',
  brings: ['offered-slots'],
  sends: (_, documents) => {
    const { contract } = documents;
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
    const viewer = scheduleViewer(documents);
    return [
      ...searches('ai', `Slot?${names}`, 1, offerPages),
      ...searches('ai', 'Slot?_id&_count', chunks + 1, 2),
      ...searches('staff', 'Slot?_id&_count', chunks, 2),
      ...searches('staff', 'Slot?schedule&status&start&_count', 1, 0),
      ...searches('staff', 'Appointment?slot&_count', chunks, 2),
      ...(viewer === undefined ? [] : scheduleTruthTemplates(`context:${viewer}`)),
    ];
  },
  async run(_, tools) {
    const { clients, cases, contract, environment, organization, now } = tools;
    const { ai, staff } = clients;
    const { fhirBase } = environment;
    const resource = slotSearch(contract);
    const [patient] = cases.patients();
    if (resource === undefined)
      return { 'offered-slots': missing('undecided', 'the contract names no search for free times') };
    if (patient === undefined) return { 'offered-slots': missing('no-test-object', 'no test patient is listed') };
    const { parameters } = fillSearch(resource.find ?? '', await cases.values(patient, holesOf(resource.find)), now());
    const answer = await searchEitherWay(ai, 'Slot', parameters);
    const page = searchsetOf(answer);
    const nothing = {
      offered: 0,
      phantom: 0,
      by: { provider: 0, room: null, rule: null },
      free: 0,
      unseen: 0,
      appointmentsStatus: answer.status,
    };
    if (page === undefined) return { 'offered-slots': { status: answer.status, learnable: false, ...nothing } };
    const { rows } = await followPages(ai, 'Slot', page, fhirBase, { pages: offerPages, rows: offersWanted });
    const offers = freeSlots(rows).slice(0, offersWanted);
    const offered = offers.map(({ id }) => id);

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
    const held = (visits.rows as Appointment[])
      .filter((visit) => visit.resourceType === 'Appointment' && holding.has(visit.status))
      .flatMap((visit) => [...new Set(objectsIn(visit.slot).map(({ reference }) => referencedId(reference, 'Slot')))]);
    const free = new Set(freeSlots(truth.rows).map(({ id }) => id));

    const { bookingsPerSlot = 1 } = organization.testData?.slots ?? {};
    const types = visitTypes(tools);
    const zone = organization.sites?.find(({ id }) => id === patient.site)?.zone;
    const viewer = scheduleViewer(tools);
    const look = viewer === undefined || offers.length === 0 ? undefined : tools.context(viewer);
    const seen = look && (await scheduleTruth(look, offers, { fhirBase, zone }));
    const wrong = (offer: FreeSlot) => {
      const around = seen?.(offer);
      const holders = held.filter((id) => id === offer.id).length + (around?.ofProvider ?? 0);
      return {
        provider: !free.has(offer.id) || holders >= bookingsPerSlot,
        room: (around?.ofRoom ?? 0) >= bookingsPerSlot,
        rule: around?.closed === true || !ofVisitType(offer, types),
      };
    };
    const doubtful = offers.flatMap((offer) => {
      const why = wrong(offer);
      return why.provider || why.room || why.rule ? [{ id: offer.id, ...why }] : [];
    });
    // A slot booked by somebody between the two readings is offered no more.
    const again =
      doubtful.length === 0
        ? []
        : freeSlots(
            (
              await slots(
                doubtful.map(({ id }) => id),
                ai,
              )
            ).rows,
          );
    const phantoms = doubtful.filter(({ id }) => again.some((each) => each.id === id));
    const kept = await keptFromTheAi(offers, tools);
    return {
      'offered-slots': {
        status: answer.status,
        learnable: true,
        offered: offered.length,
        phantom: phantoms.length,
        by: {
          provider: phantoms.filter(({ provider }) => provider).length,
          room: seen === undefined ? null : phantoms.filter(({ room }) => room).length,
          rule: seen === undefined && types.length === 0 ? null : phantoms.filter(({ rule }) => rule).length,
        },
        ...kept,
        appointmentsStatus: visits.status,
      },
    };
  },
});

/** Free times the staff sees between the first and the last offer, and how many of them the AI system does not. */
async function keptFromTheAi(
  offers: readonly FreeSlot[],
  { clients: { ai, staff }, environment: { fhirBase } }: ProbeTools,
): Promise<{ free: number; unseen: number }> {
  const schedules = [...new Set(offers.flatMap(({ schedule }) => localReference(schedule?.reference) ?? []))];
  const starts = offers.map(({ start }) => start).sort((a, b) => Date.parse(a) - Date.parse(b));
  const [first, last] = [starts[0], starts.at(-1)];
  if (first === undefined || last === undefined || schedules.length === 0) return { free: 0, unseen: 0 };
  const answer = await searchEitherWay(staff, 'Slot', [
    ['schedule', schedules.slice(0, idsPerSearch).join(',')],
    ['status', 'free'],
    ['start', `ge${first}`],
    ['start', `le${last}`],
    ['_count', `${idsPerSearch}`],
  ]);
  const free = freeSlots(searchsetOf(answer)?.matches ?? []).slice(0, idsPerSearch);
  const offered = new Set(offers.map(({ id }) => id));
  const others = free.map(({ id }) => id).filter((id) => !offered.has(id));
  if (others.length === 0) return { free: free.length, unseen: 0 };
  const found = await findAll(ai, 'Slot', '_id', others, fhirBase);
  const seen = new Set(freeSlots(found.rows).map(({ id }) => id));
  return { free: free.length, unseen: others.filter((id) => !seen.has(id)).length };
}

/** Codes of the visit types the product may book, where the organization says. */
function visitTypes({ organization: { overrides, testData } }: ProbeTools): string[] {
  const stated = overrides?.['values.visitType'] ?? testData?.slots?.visitType;
  return [stated].flat().flatMap((each) => (typeof each === 'string' ? [each.replace(/^.*\|/s, '')] : []));
}

const slotSearch = (contract: Contract): ContractResource | undefined =>
  contract.resources?.find((each) => each.type === 'Slot' && each.find !== undefined);

type FreeSlot = Slot & { readonly id: string };

const freeSlots = (rows: readonly Resource[]): FreeSlot[] =>
  (rows as FreeSlot[]).filter(
    (row) => row.resourceType === 'Slot' && row.status === 'free' && /^[A-Za-z0-9.-]{1,64}$/.test(row.id ?? ''),
  );

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
    const asked = values.slice(start, start + idsPerSearch);
    const answer = await searchEitherWay(client, resourceType, [
      [parameter, asked.join(',')],
      ['_count', `${asked.length}`],
    ]);
    status = answer.status;
    const page = searchsetOf(answer);
    if (page !== undefined) rows.push(...(await followPages(client, resourceType, page, fhirBase)).rows);
  }
  return { rows, status };
}
