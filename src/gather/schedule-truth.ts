import type { Appointment, HealthcareService, Location, Resource, Schedule, Slot } from 'fhir/r4.js';
import { objectsIn } from '../fhir/list.js';
import { localReference } from '../fhir/reference.js';
import { scopesAllow } from '../fhir/scopes.js';
import { aiSystemBinding } from '../model/subjects.js';
import { knownZone, takesAppointments } from './appointment-rules.js';
import type { Client, RunDocuments } from './probe.js';
import type { RequestTemplate } from './request.js';
import { followPages, searchEitherWay, searchsetOf } from './result-pages.js';

/** What a schedule, its room and its service say about one offered time. */
export interface OfferTruth {
  /** Visits of the practitioner, and of a room, that lie in the time and do not name the slot. */
  readonly ofProvider: number;
  readonly ofRoom: number;
  /** The service takes no appointment then. */
  readonly closed: boolean;
}

const schedulesLookedAt = 10;
/** Of one schedule. */
const actorsLookedAt = 10;
const visitPages = 5;
const dayMs = 86_400_000;
const needed = ['Schedule', 'Location', 'HealthcareService', 'Appointment'];
const holding = new Set(['booked', 'arrived', 'checked-in', 'fulfilled']);
/** https://terminology.hl7.org/CodeSystem-location-physical-type.html */
const rooms = new Set(['ro', 'bd']);

/** The context that may look at schedules, what they are for, and the visits there; undefined when none may. */
export function scheduleViewer({ contract, organization, environmentId }: RunDocuments): string | undefined {
  const ai = aiSystemBinding(contract, organization, environmentId);
  const context = (organization.contexts ?? []).find(({ binding: name }) => {
    const binding = organization.auth?.bindings?.find((each) => each.id === name);
    return (
      binding?.flow === 'backend' &&
      binding.id !== ai?.id &&
      binding.environment === environmentId &&
      needed.every((type) => scopesAllow(binding.scopes ?? [], type, 's'))
    );
  });
  return context?.id;
}

/** What `scheduleTruth` may send. */
export const scheduleTruthTemplates = (context: string): RequestTemplate[] => [
  ...['Schedule', 'Location', 'HealthcareService'].flatMap((type): RequestTemplate[] => [
    { context, method: 'POST', path: `${type}/_search?_id`, most: 1 },
    { context, method: 'GET', path: `${type}?_id`, most: 1, pages: 1 },
  ]),
  { context, method: 'POST', path: 'Appointment/_search?actor&date', most: 1 },
  { context, method: 'GET', path: 'Appointment?actor&date', most: 1, pages: visitPages },
];

/**
 * Looks at the schedules of the offered slots, their rooms and services, and the visits of provider and room around them.
 * Undefined when one of the searches was not answered to its end: nothing is said then.
 * @param zone time zone of the site
 */
export async function scheduleTruth(
  viewer: Client,
  offers: readonly Slot[],
  { fhirBase, zone: stated }: { readonly fhirBase: string; readonly zone: string | undefined },
): Promise<((offer: Slot) => OfferTruth) | undefined> {
  const zone = knownZone(stated);
  const search = async (type: string, parameters: readonly (readonly [string, string])[], pages: number) => {
    const page = searchsetOf(await searchEitherWay(viewer, type, parameters));
    const result = page && (await followPages(viewer, type, page, fhirBase, { pages }));
    return result?.end === 'end' ? result.rows.filter(({ resourceType }) => resourceType === type) : undefined;
  };
  const byIds = async (references: readonly string[], type: string): Promise<Map<string, Resource> | undefined> => {
    const ids = references.flatMap((each) => (each.startsWith(`${type}/`) ? each.slice(type.length + 1) : []));
    const rows = ids.length === 0 ? [] : await search(type, [['_id', ids.join(',')]], 1);
    const asked = new Set(ids);
    return rows && new Map(rows.filter(({ id }) => asked.has(id ?? '')).map((row) => [`${type}/${row.id}`, row]));
  };

  const named = unique(offers.map(({ schedule }) => localReference(schedule?.reference))).slice(0, schedulesLookedAt);
  const schedules = await byIds(named, 'Schedule');
  if (schedules === undefined) return undefined;
  const actorsOf = (schedule: Resource | undefined): string[] =>
    unique(
      objectsIn((schedule as Schedule | undefined)?.actor, actorsLookedAt).map(({ reference }) =>
        localReference(reference),
      ),
    );
  const actors = unique([...schedules.values()].flatMap(actorsOf));
  const locations = await byIds(actors, 'Location');
  const services = locations && (await byIds(actors, 'HealthcareService'));
  if (locations === undefined || services === undefined) return undefined;

  const isRoom = (reference: string): boolean =>
    objectsIn((locations.get(reference) as Location | undefined)?.physicalType?.coding).some(({ code }) =>
      rooms.has(code ?? ''),
    );
  const busy = actors.filter((each) => each.startsWith('Practitioner') || isRoom(each));
  const starts = offers.map(({ start }) => Date.parse(start)).filter((startMs) => !Number.isNaN(startMs));
  const visits =
    busy.length === 0 || starts.length === 0
      ? []
      : await search(
          'Appointment',
          [
            ['actor', busy.join(',')],
            ['date', `ge${new Date(Math.min(...starts) - dayMs).toISOString()}`],
            ['date', `lt${new Date(Math.max(...starts) + dayMs).toISOString()}`],
          ],
          visitPages,
        );
  if (visits === undefined) return undefined;
  const held = (visits as Appointment[]).filter(({ status }) => holding.has(status)).map(readVisit);

  return (offer) => {
    const own = actorsOf(schedules.get(localReference(offer.schedule?.reference) ?? ''));
    const [startMs, endMs] = [Date.parse(offer.start), Date.parse(offer.end)];
    const inTheWay = (of: readonly string[]): number =>
      held.filter(
        (visit) =>
          visit.startMs < endMs &&
          startMs < visit.endMs &&
          !visit.slots.includes(`Slot/${offer.id}`) &&
          of.some((actor) => visit.actors.includes(actor)),
      ).length;
    return {
      ofProvider: inTheWay(own.filter((each) => each.startsWith('Practitioner'))),
      ofRoom: inTheWay(own.filter(isRoom)),
      closed: own.some((each) => {
        const service = services.get(each) as HealthcareService | undefined;
        return service !== undefined && !takesAppointments(service, new Date(startMs), zone);
      }),
    };
  };
}

const readVisit = ({ start, end, participant, slot }: Appointment) => ({
  startMs: Date.parse(start ?? ''),
  endMs: Date.parse(end ?? ''),
  actors: unique(objectsIn(participant).map(({ actor }) => localReference(actor?.reference))),
  slots: unique(objectsIn(slot).map(({ reference }) => localReference(reference))),
});

const unique = (texts: readonly (string | undefined)[]): string[] => [
  ...new Set(texts.filter((text) => text !== undefined)),
];
