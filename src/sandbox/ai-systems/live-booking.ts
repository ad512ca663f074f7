import type { Appointment, Slot } from 'fhir/r4.js';
import { type CallerHabits, findCaller } from './callers.js';
import type { Configuration } from './configuration.js';
import type { FhirAnswer, FhirConnection } from './fhir-connection.js';
import { type Call, type CallOutcome, isResource, offered, readFreeSlots } from './product.js';

const mostTries = 3;
const conflict = 409;
const outdated = 412;
/** With a caller on the line, what has taken so long is not tried again. */
const triesForMs = 700;

type Visit = Appointment & { readonly id: string };

/** What a product may lack that a live one has. */
export interface BookingHabits extends CallerHabits {
  /** Before it books, it looks neither for what it booked before nor for other visits of the caller. */
  readonly forgetsBookings?: true;
  /** It changes a visit as it found it once; refused, it names the version the refusal tells of, and does not look. */
  readonly trustsFirstRead?: true;
  /** It tells the caller that the visit is booked once it has sent it, whatever the EHR answers. */
  readonly confirmsUnanswered?: true;
  /** It calls a visit moved once the new time is booked, whatever has become of the old one. */
  readonly leavesHalves?: true;
  /** It says that a visit is cancelled, and cancels nothing. */
  readonly keepsVisits?: true;
  /** It makes something of a time that ends before it begins. */
  readonly turnsTimes?: true;
}

/** Books and cancels for callers. Everything it decides on was read a moment before; the EHR keeps the last word. */
export function createLiveBooking(
  connection: FhirConnection,
  configuration: Configuration,
  habits: BookingHabits = {},
) {
  const { forgetsBookings, trustsFirstRead, confirmsUnanswered, leavesHalves, turnsTimes, keepsVisits } = habits;

  /** Never throws: an EHR that does not answer, or not as one, is no reason to leave a caller without a word. */
  async function call(request: Call): Promise<CallOutcome> {
    try {
      return await reachedCall(request);
    } catch {
      return unreached('the EHR does not answer');
    }
  }

  async function reachedCall(wish: Call): Promise<CallOutcome> {
    const request = endsFirst(wish) && turnsTimes === true ? turned(wish) : wish;
    if (endsFirst(request)) return { outcome: 'queued-for-human', reason: 'the time asked for ends before it begins' };
    const patient = await findCaller(connection, request, habits);
    if (typeof patient !== 'string') return patient;
    if (request.intent === 'reschedule') return reschedule(request, patient);
    return request.intent === 'book' ? book(request, patient) : cancel(request, patient);
  }

  async function book(request: Call, patient: string): Promise<CallOutcome> {
    const { slots } = await readFreeSlots(connection, configuration, request);
    const wanted = request.slot === undefined ? slots : slots.filter(({ slot }) => slot === request.slot);
    if (request.slot !== undefined && forgetsBookings !== true) {
      const before = await existing(patient, request.slot);
      if (before) return booked(before, request.slot);
    }
    const near = forgetsBookings === true ? undefined : await otherVisit(request, patient);
    if (near !== undefined) {
      const own = near.identifier?.some(({ value }) => value === request.identifier?.value) === true;
      const slot = near.slot?.[0]?.reference;
      if (own && slot !== undefined) return booked(near, slot);
      return { outcome: 'queued-for-human', reason: 'the caller already has such a visit' };
    }
    for (const { slot, start, end } of wanted.slice(0, mostTries)) {
      if (!offered((await connection.send({ method: 'GET', url: slot })).body)) continue;
      const body: Appointment = {
        resourceType: 'Appointment',
        status: 'booked',
        ...(request.identifier === undefined ? {} : { identifier: [{ ...request.identifier }] }),
        start,
        end,
        slot: [{ reference: slot }],
        participant: [{ actor: { reference: `Patient/${patient}` }, status: 'accepted' }],
      };
      const answer = await createOnce(body, patient, slot);
      if (answer?.status === conflict) continue;
      if (isResource<Visit>(answer?.body, 'Appointment')) return booked(answer.body, slot);
      if (confirmsUnanswered === true) return { outcome: 'booked', slot };
      // Another time could be a second visit: nobody knows what became of the first.
      if (answer === undefined) return unreached('the EHR does not answer');
      const reason = `the EHR answered ${answer.status}`;
      return isRefusal(answer.status) ? { outcome: 'queued-for-human', reason } : unreached(reason);
    }
    return { outcome: 'nothing-free' };
  }

  /** A write without an answer is looked for before it is sent again, so that no visit is booked twice. */
  async function createOnce(body: Appointment, patient: string, slot: string): Promise<FhirAnswer | undefined> {
    const triesUntilMs = performance.now() + triesForMs;
    for (let attempt = 1; attempt <= mostTries; attempt += 1) {
      const answer = await connection
        .send({
          method: 'POST',
          url: 'Appointment',
          headers: { 'content-type': 'application/fhir+json', prefer: 'return=representation' },
          body: JSON.stringify(body),
        })
        .catch(() => undefined);
      if (answer && answer.status < 500) return answer;
      const before = await existing(patient, slot);
      if (before) return { status: 201, etag: undefined, location: undefined, body: before };
      if (performance.now() > triesUntilMs) break;
    }
    return undefined;
  }

  /** A booked visit of the caller in the time asked for; a new call is no reason for a second one. */
  async function otherVisit({ slot, from, to, appointment }: Call, patient: string): Promise<Visit | undefined> {
    // Who names one slot knows of the others.
    if (slot !== undefined || from === undefined || to === undefined) return undefined;
    const visits = await connection.searchAll('Appointment', [
      ['patient', `Patient/${patient}`],
      ['date', `ge${from}`],
      ['date', `lt${to}`],
    ]);
    return visits.find(
      (visit): visit is Visit =>
        isResource<Visit>(visit, 'Appointment') &&
        visit.status === 'booked' &&
        `Appointment/${visit.id}` !== appointment,
    );
  }

  async function existing(patient: string, slot: string): Promise<Visit | undefined> {
    const { body } = await connection.send({ method: 'GET', url: slot });
    if (!isResource<Slot>(body, 'Slot')) return undefined;
    const visits = await connection.searchAll('Appointment', [
      ['patient', `Patient/${patient}`],
      ['date', `ge${body.start}`],
      ['date', `lt${body.end}`],
    ]);
    return visits
      .filter((visit): visit is Visit => isResource<Visit>(visit, 'Appointment') && visit.status === 'booked')
      .find((visit) => visit.slot?.some(({ reference }) => reference === slot));
  }

  /**
   * Books the new time, then gives the old one back. Where that cannot be done the new one is given back, so that the
   * caller has one visit; where nobody can tell, a person has to look.
   */
  async function reschedule(request: Call, patient: string): Promise<CallOutcome> {
    const { appointment: old } = request;
    const visit = old === undefined ? undefined : await visitNow(old);
    if (old === undefined || visit?.status !== 'booked' || !isOf(visit, patient)) {
      return { outcome: 'queued-for-human', reason: 'the caller has no such visit' };
    }
    const moved = await book(request, patient);
    if (moved.outcome !== 'booked' || moved.appointment === undefined) return moved;
    const { appointment } = moved;
    const given = await cancelVisit(old).catch(() => undefined);
    if (given?.outcome === 'cancelled' || leavesHalves === true) return moved;
    const still = await visitNow(old).catch(() => undefined);
    if (still?.status === 'cancelled') return moved;
    // Without the new visit the caller would be left with none, unless the old one is seen to stand.
    const back = still?.status === 'booked' ? await cancelVisit(appointment).catch(() => undefined) : undefined;
    return back?.outcome === 'cancelled'
      ? { outcome: 'queued-for-human', appointment: old, reason: 'the visit could not be moved and stands as it was' }
      : { outcome: 'queued-for-human', appointment, reason: 'the old visit and the new one may both stand' };
  }

  async function visitNow(appointment: string): Promise<Visit | undefined> {
    const { body } = await connection.send({ method: 'GET', url: appointment });
    return isResource<Visit>(body, 'Appointment') ? body : undefined;
  }

  async function cancel(request: Call, patient: string): Promise<CallOutcome> {
    const visits = (
      await connection.searchAll('Appointment', [
        ['patient', `Patient/${patient}`],
        ['date', `ge${new Date().toISOString()}`],
      ])
    )
      .filter((visit): visit is Visit => isResource<Visit>(visit, 'Appointment'))
      .toSorted((a, b) => Date.parse(a.start ?? '') - Date.parse(b.start ?? ''));
    const visit = request.appointment
      ? visits.find(({ id }) => `Appointment/${id}` === request.appointment)
      : visits.find(({ status }) => status === 'booked');
    if (!visit) return { outcome: 'queued-for-human', reason: 'the caller has no such visit' };
    const appointment = `Appointment/${visit.id}`;
    if (keepsVisits === true) return { outcome: 'cancelled', appointment };
    return trustsFirstRead === true ? cancelAsFound(appointment, visit) : cancelVisit(appointment);
  }

  async function cancelAsFound(appointment: string, { meta }: Visit): Promise<CallOutcome> {
    let answer = await sendCancel(appointment, meta?.versionId === undefined ? undefined : `W/"${meta.versionId}"`);
    if (answer.status === outdated) answer = await sendCancel(appointment, answer.etag);
    if (answer.status < 300) return { outcome: 'cancelled', appointment };
    return { outcome: 'queued-for-human', appointment, reason: `the EHR answered ${answer.status}` };
  }

  const sendCancel = (appointment: string, ifMatch?: string): Promise<FhirAnswer> =>
    connection.send({
      method: 'PATCH',
      url: appointment,
      headers: {
        'content-type': 'application/json-patch+json',
        ...(ifMatch === undefined ? {} : { 'if-match': ifMatch }),
      },
      body: JSON.stringify([{ op: 'replace', path: '/status', value: 'cancelled' }]),
    });

  async function cancelVisit(appointment: string): Promise<CallOutcome> {
    for (let attempt = 1; attempt <= mostTries; attempt += 1) {
      const current = await connection.send({ method: 'GET', url: appointment });
      if (!isResource<Appointment>(current.body, 'Appointment') || current.etag === undefined) break;
      if (current.body.status === 'cancelled') return { outcome: 'cancelled', appointment };
      if (current.body.status !== 'booked') break;
      const answer = await sendCancel(appointment, current.etag).catch(() => undefined);
      if (answer && answer.status < 300) return { outcome: 'cancelled', appointment };
      if (answer && answer.status < 500 && answer.status !== outdated) break;
    }
    return { outcome: 'queued-for-human', appointment, reason: 'the visit could not be cancelled' };
  }

  return { call };
}

const isOf = ({ participant }: Visit, patient: string): boolean =>
  participant.some(({ actor }) => actor?.reference === `Patient/${patient}`);

const endsFirst = ({ from = '', to = '' }: Call): boolean => Date.parse(from) > Date.parse(to);

const turned = ({ from = '', to = '', ...others }: Call): Call => ({ ...others, from: to, to: from });

/** The EHR's own word that it will not do this, which asking again does not change. */
const isRefusal = (status: number): boolean => status >= 400 && status < 500 && status !== 401;

const unreached = (reason: string): CallOutcome => ({ outcome: 'queued-for-human', reason, unsettled: true });

function booked({ id }: Visit, slot: string): CallOutcome {
  return { outcome: 'booked', appointment: `Appointment/${id}`, slot };
}
