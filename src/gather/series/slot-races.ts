import type { Appointment, Resource, Slot } from 'fhir/r4.js';
import { readSearchset } from '../../fhir/bundle.js';
import type { ContractAction } from '../../model/documents/contract.js';
import type { TestPatient } from '../../model/documents/organization.js';
import type { FactValue } from '../../model/fact.js';
import type { Client, ProbeTools } from '../probe.js';
import { ExchangeFault, type Answer } from '../request.js';
import { StartingLine } from '../starting-line.js';
import { undoState } from '../undo-state.js';
import { etagOf, idOfLocation } from '../writer.js';
import type { Lane } from './lane.js';

/** Both requests are on their way within this time, and before either is answered; otherwise nobody raced. */
const mostApartMs = 50;
const slotsPerBlock = 10;
/** States in which a visit takes a place (https://hl7.org/fhir/R4/valueset-appointmentstatus.html). */
const taking = ['booked', 'arrived', 'checked-in', 'fulfilled'];
const type = 'Appointment';

interface Attempt {
  readonly client: Client;
  readonly slotId: string;
  readonly identifier: string;
  readonly answer: Answer | undefined;
}

/** A visit of ours that holds its slot, and who booked it. */
interface Booking {
  readonly visit: Appointment & { readonly id: string };
  readonly by: Client;
  readonly slotId: string;
}

/** Two contexts book the same slot at once, over and over; what is counted are the visits in the end. */
export class SlotRaces {
  readonly #tools: ProbeTools;
  readonly #action: ContractAction;
  readonly #contexts: readonly [Client, Client];
  readonly #patients: readonly [TestPatient, TestPatient];
  readonly #lane: Lane;
  readonly #taking: ReadonlySet<string>;
  readonly #booked = new Set<string>();
  readonly #refusals = new Set<number>();
  readonly #seen = { overlapping: 0, bookedOnce: 0, bookedTwice: 0, mostBookings: 0 };
  #again: FactValue<'slot-race'>['bookedAgain'];

  constructor(tools: ProbeTools, action: ContractAction, patients: readonly [TestPatient, TestPatient], lane: Lane) {
    this.#tools = tools;
    this.#action = action;
    this.#contexts = [tools.clients.ai, tools.clients.second];
    this.#patients = patients;
    this.#lane = lane;
    this.#taking = new Set([...taking, action.states?.to ?? 'booked']);
  }

  /** @throws ExchangeFault `no-test-object` without a slot; `no-second-context`, `prerequisite-failed` without the right */
  async run(repetitions: number, most: number): Promise<FactValue<'slot-race'>> {
    await Promise.all(this.#contexts.map((context) => context.signedIn()));
    let left = most;
    while (this.#seen.bookedOnce + this.#seen.bookedTwice < repetitions && left > 0) {
      const wanted = Math.min(slotsPerBlock, left, repetitions - this.#seen.bookedOnce - this.#seen.bookedTwice);
      const slots = await this.#slots(wanted);
      if (slots.length === 0) break;
      left -= slots.length;
      await this.#block(slots);
    }
    return {
      ...this.#seen,
      bookingsPerSlot: this.#tools.organization.testData?.slots?.bookingsPerSlot ?? 1,
      bothCanBook: this.#booked.size === this.#contexts.length,
      refusals: [...this.#refusals].sort((a, b) => a - b).slice(0, 20),
      ...(this.#again === undefined ? {} : { bookedAgain: this.#again }),
    };
  }

  async #slots(wanted: number): Promise<Slot[]> {
    const slots: Slot[] = [];
    while (slots.length < wanted) {
      const slot = await this.#tools.cases.takeSlot(this.#patients[0]).catch((error: unknown) => {
        // None at all is the end of it; a few fewer only make the block smaller.
        if (error instanceof ExchangeFault && error.reason === 'no-test-object') return undefined;
        throw error;
      });
      if (slot === undefined) break;
      slots.push(slot);
    }
    if (slots.length === 0 && this.#seen.overlapping === 0) {
      throw new ExchangeFault('no-test-object', 'no free test slot is left', undefined);
    }
    return slots;
  }

  // One search says what became of all races of a block.
  async #block(slots: readonly Slot[]): Promise<void> {
    const attempts: Attempt[] = [];
    const overlapped = new Set<string>();
    for (const [index, slot] of slots.entries()) {
      const [first, other] = await this.#race(slot, index % 2 === 0);
      attempts.push(first, other);
      if (overlap(first.answer, other.answer)) overlapped.add(first.slotId);
    }
    this.#refuseWithoutRight(attempts);
    const bookings = await this.#count(attempts);
    for (const attempt of attempts) this.#note(attempt, bookings);
    for (const slotId of slots.map(({ id = '' }) => id)) {
      const held = bookings.filter((booking) => booking.slotId === slotId).length;
      this.#seen.mostBookings = Math.max(this.#seen.mostBookings, held);
      if (overlapped.has(slotId)) this.#seen.overlapping += 1;
      if (held > 1) this.#seen.bookedTwice += 1;
      else if (held === 1 && overlapped.has(slotId)) this.#seen.bookedOnce += 1;
    }
    const freed: Booking[] = [];
    for (const booking of bookings) if (await this.#cancel(booking)) freed.push(booking);
    const alone = freed.find(({ slotId }) => bookings.filter((each) => each.slotId === slotId).length === 1);
    const again = slots.find(({ id }) => id === alone?.slotId);
    if (this.#again === undefined && again !== undefined) await this.#bookAgain(again);
    await this.#giveBack(slots);
  }

  async #race(slot: Slot, aiFirst: boolean): Promise<[Attempt, Attempt]> {
    const line = new StartingLine(2);
    const [ai, second] = aiFirst ? ([0, 1] as const) : ([1, 0] as const);
    return Promise.all([this.#book(slot, ai, line), this.#book(slot, second, line)]);
  }

  async #book(slot: Slot, who: 0 | 1, line?: StartingLine): Promise<Attempt> {
    const { objects, writer, signal } = this.#tools;
    const { body, ifNoneExist } = await objects.body(this.#action, this.#patients[who], slot);
    const client = this.#contexts[who];
    const identifier = writer.newIdentifier();
    const answer = await this.#lane
      .run(
        () =>
          client.write({
            method: 'POST',
            resourceType: type,
            body,
            identifier,
            ...(ifNoneExist === undefined ? {} : { ifNoneExist }),
            ...(line === undefined ? {} : { startingLine: line }),
            measured: {},
          }),
        signal,
      )
      .then(({ value }) => value)
      .catch(answerless)
      .finally(() => line?.open());
    return { client, slotId: slot.id ?? '', identifier, answer };
  }

  /** By slot, and by id where an answer names a visit the search does not show. */
  async #count(attempts: readonly Attempt[]): Promise<Booking[]> {
    const shown = await this.#search(type, [
      ['slot', [...new Set(attempts.map(({ slotId }) => `Slot/${slotId}`))].join(',')],
      ['_count', '200'],
    ]);
    const bookings: Booking[] = [];
    for (const { client, slotId, identifier, answer } of attempts) {
      const named =
        answer?.ok === true ? (answer.resource?.id ?? idOfLocation(answer.headers['location'], type)) : undefined;
      const found = shown.find((each) => each.id === named || carries(each, identifier)) as Appointment | undefined;
      const visit = found ?? (named === undefined ? undefined : await this.#read(named));
      if (visit?.id !== undefined && this.#taking.has(visit.status)) {
        bookings.push({ visit: { ...visit, id: visit.id }, by: client, slotId });
      }
    }
    return bookings;
  }

  async #cancel({ visit, by }: Booking): Promise<boolean> {
    const state = undoState(type, 'cancel');
    if (state === undefined) return false;
    const { value: answer } = await this.#lane.run(
      () =>
        by
          .write({
            method: 'PATCH',
            resourceType: type,
            objectId: visit.id,
            basedOn: visit,
            body: [{ op: 'replace', path: `/${state.element}`, value: state.value }],
            ifMatch: etagOf(visit) ?? null,
            undo: true,
            measured: {},
          })
          .catch(answerless),
      this.#tools.signal,
    );
    return answer?.ok === true;
  }

  async #bookAgain(slot: Slot): Promise<void> {
    const attempt = await this.#book(slot, 1);
    const bookings = await this.#count([attempt]);
    this.#note(attempt, bookings);
    if (attempt.answer !== undefined) this.#again = { status: attempt.answer.status, bookings: bookings.length };
    for (const booking of bookings) await this.#cancel(booking);
  }

  // Only what is seen free again may be booked by anybody else.
  async #giveBack(slots: readonly Slot[]): Promise<void> {
    const shown = await this.#search('Slot', [['_id', slots.map(({ id = '' }) => id).join(',')]]);
    for (const slot of shown as Slot[]) {
      if (slot.status === 'free' && slots.some(({ id }) => id === slot.id)) {
        this.#tools.cases.returnSlot(slot.id ?? '');
      }
    }
  }

  #note({ client, identifier, answer }: Attempt, bookings: readonly Booking[]): void {
    const got = bookings.some(({ visit }) => visit.id === answer?.resource?.id || carries(visit, identifier));
    if (got) this.#booked.add(client.context);
    else if (answer !== undefined && !answer.ok) this.#refusals.add(answer.status);
  }

  // Whoever may not book at all loses every race, and nothing is shown.
  #refuseWithoutRight(attempts: readonly Attempt[]): void {
    const refused = attempts.find(({ answer }) => answer?.status === 401 || answer?.status === 403);
    if (refused === undefined) return;
    throw new ExchangeFault(
      refused.client === this.#contexts[1] ? 'no-second-context' : 'prerequisite-failed',
      `the ${refused.client.context} context may not book (${refused.answer?.status})`,
      refused.answer?.exchange,
    );
  }

  async #search(resourceType: string, form: readonly (readonly [string, string])[]): Promise<readonly Resource[]> {
    const path = `${resourceType}/_search`;
    const answer = await this.#ask({ method: 'POST', path, form });
    const page = answer?.ok === true ? readSearchset(answer.resource) : undefined;
    return page === undefined || page === 'too-many'
      ? []
      : page.matches.filter((match) => match.resourceType === resourceType);
  }

  async #read(id: string): Promise<Appointment | undefined> {
    const answer = await this.#ask({ method: 'GET', path: `${type}/${id}` });
    if (answer?.ok === true && answer.resource?.resourceType === type) return answer.resource as Appointment;
    if (answer !== undefined && [404, 410].includes(answer.status)) return undefined;
    throw new ExchangeFault('prerequisite-failed', 'a booked visit could not be read back', answer?.exchange);
  }

  async #ask(request: Pick<Parameters<Client['send']>[0], 'method' | 'path' | 'form'>): Promise<Answer | undefined> {
    const { value } = await this.#lane.run(
      () => this.#contexts[0].send({ ...request, measured: {}, tolerant: true }).catch(answerless),
      this.#tools.signal,
    );
    return value;
  }
}

/** A request without an answer may have booked all the same; the count will say. */
function answerless(error: unknown): undefined {
  if (!(error instanceof ExchangeFault) || !error.mayHaveArrived) throw error;
}

function overlap(one: Answer | undefined, other: Answer | undefined): boolean {
  if (one === undefined || other === undefined) return false;
  const [first, later] = one.timing.sentAtMs <= other.timing.sentAtMs ? [one, other] : [other, one];
  const apartMs = later.timing.sentAtMs - first.timing.sentAtMs;
  return apartMs <= mostApartMs && later.timing.sentAtMs < first.timing.firstByteAtMs;
}

const carries = (resource: Resource, identifier: string): boolean =>
  ((resource as Appointment).identifier ?? []).some(({ value }) => value === identifier);
