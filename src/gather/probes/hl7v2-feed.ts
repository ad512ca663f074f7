import type { Patient, Resource } from 'fhir/r4.js';
import { readHl7Time, type Hl7Message } from '../../fhir/hl7v2.js';
import type { ContractTrigger } from '../../model/documents/contract.js';
import type { Channel, TestPatient } from '../../model/documents/organization.js';
import { isMissing, missing, type FactValue } from '../../model/fact.js';
import type { EnvironmentClass } from '../../model/outcome.js';
import { causableEvent, causedEventTemplates, causeEvent, type CausableEvent } from '../caused-event.js';
import { compareWithFhir, isAbout, isOfPatient } from '../feed-comparison.js';
import type { FeedInbox, FeedMessage } from '../feed-inbox.js';
import { defineProbe, type ProbeTools } from '../probe.js';
import { ExchangeFault } from '../request.js';
import { undoState } from '../undo-state.js';

type Feed = FactValue<'hl7v2-feed'>;
type FeedEvent = Feed['events'][number];

const eventsCaused = 4;
/** The acknowledgement of this event's message is held back. */
const withheldAt = 1;
/** A second message about the same event is waited for so long. */
const echoMs = 250;

/** An interface engine connects and sends again after half a minute or so. */
const patienceMs = (environmentClass: EnvironmentClass): number => (environmentClass === 'simulator' ? 3_000 : 90_000);

/** Messages of an HL7 v2 feed about events that were caused, and what becomes of one that was not acknowledged. */
export default defineProbe({
  id: 'hl7v2-feed',
  phase: 'write',
  subjects: 'trigger',
  when: ({ item }) => item.channel?.kind === 'hl7v2',
  needs: ['ai'],
  writes: 'all',
  brings: ['hl7v2-feed'],
  sends: ({ item }, documents) => {
    const event = causableEvent(documents, item.trigger);
    if (event === undefined) return [];
    return [
      ...causedEventTemplates(event, eventsCaused),
      { context: 'ai', method: 'GET', path: `${event.resourceType}/{id}`, most: eventsCaused },
    ];
  },
  async run({ item: { trigger, channel } }, tools) {
    const event = causableEvent(tools, trigger);
    const [testPatient] = tools.cases.patients();
    const types = typesOf(trigger, channel);
    if (event === undefined) {
      const detail = 'this version causes events by creating and undoing test objects';
      return { 'hl7v2-feed': missing('not-in-this-version', detail) };
    }
    if (types.length === 0) return { 'hl7v2-feed': missing('undecided', 'the channel names no message type (event)') };
    if (testPatient === undefined) {
      return { 'hl7v2-feed': missing('no-test-object', 'the organization file lists no test patient') };
    }
    const { patient } = await tools.cases.proven(testPatient);
    const inbox = await tools.listenFeed(channel?.listener ?? 'hl7v2');
    if (isMissing(inbox)) return { 'hl7v2-feed': inbox };
    try {
      return { 'hl7v2-feed': await listenTo(inbox, tools, { event, types, testPatient, patient }) };
    } finally {
      await inbox.close();
    }
  },
});

interface Expected {
  readonly event: CausableEvent;
  readonly types: readonly string[];
  readonly testPatient: TestPatient;
  readonly patient: Patient;
}

/** `SIU^S15`, or several of them, from the channel or else the contract. */
function typesOf({ equivalents }: ContractTrigger, channel: Channel | undefined): string[] {
  const written = channel?.event ?? (typeof equivalents?.hl7v2 === 'string' ? equivalents.hl7v2 : '');
  const types = written.split(/[\s,;]+/).filter((each) => /^[A-Z]{3}(\^[A-Z0-9]{3})?$/.test(each));
  return [...new Set(types)].slice(0, 10);
}

async function listenTo(inbox: FeedInbox, tools: ProbeTools, expected: Expected): Promise<Feed> {
  const events: FeedEvent[] = [];
  let resend: Feed['resend'] = null;
  let others = 0;
  for (let index = 0; index < eventsCaused; index++) {
    const told = await oneEvent(inbox, tools, expected, index === withheldAt);
    events.push(told.event);
    others += told.others;
    if (told.resend !== null) resend = told.resend;
    // Nobody is there: nothing is written for a listener that hears nothing.
    if (told.event.arrived === 0 && inbox.connections === 0) break;
  }
  const { sameMachine, encrypted, connections, inClearText, unreadable } = inbox;
  const { types } = expected;
  return { types: [...types], sameMachine, encrypted, connections, inClearText, unreadable, others, events, resend };
}

async function oneEvent(
  inbox: FeedInbox,
  tools: ProbeTools,
  { event, types, testPatient, patient }: Expected,
  withheld: boolean,
): Promise<{ readonly event: FeedEvent; readonly others: number; readonly resend: Feed['resend'] }> {
  const { environmentClass, clients, now } = tools;
  const [sinceMs, since] = [performance.now(), now()];
  let silent: string | undefined;
  if (withheld) {
    inbox.withholdOnce((message) => {
      const ours = types.includes(message.type) && isOfPatient(message, patient) === true;
      if (ours) silent = message.controlId;
      return ours;
    });
  }
  const reference = await causeEvent(tools, event, testPatient);
  const object = await readBack(clients.ai, event.resourceType, reference);
  const about = ({ message }: FeedMessage): boolean =>
    types.includes(message.type) && isAbout(message, object, patient);
  const heard = (held: readonly FeedMessage[]): number => held.filter(about).length;
  const patience = patienceMs(environmentClass);
  await inbox.until((held) => typesIn(held.filter(about)) >= types.length, patience);
  const more = heard(inbox.held) + 1;
  await inbox.until((held) => heard(held) >= more, silent === undefined ? echoMs : patience);
  const all = inbox.takeAll();
  const own = all.filter(about);
  const [first] = own;
  const last = own.at(-1);
  for (const each of own) noteTime(tools, each, since);
  const others = all.filter((each) => !about(each) && isOfPatient(each.message, patient) !== true).length;
  return {
    event: {
      arrived: new Set(own.map(({ message }) => message.controlId)).size,
      typesArrived: typesIn(own),
      afterMs: first === undefined ? null : Math.max(0, first.receivedAtMs - sinceMs),
      ...(first === undefined ? { timed: null, delayMs: null } : eventTime(first)),
      ...(last === undefined
        ? { patient: 'not-named', compared: [], differs: [] }
        : compareWithFhir(last.message, atTheTimeOf(last.message.type, object, event), patient)),
    },
    others,
    resend: silent === undefined ? null : resendOf(own, silent),
  };
}

async function readBack(ai: ProbeTools['clients']['ai'], resourceType: string, reference: string): Promise<Resource> {
  const answer = await ai.read(resourceType, reference.split('/')[1] ?? '');
  if (answer.resource?.resourceType === resourceType) return answer.resource;
  throw new ExchangeFault('prerequisite-failed', `a test ${resourceType} could not be read back`, answer.exchange);
}

/** The object has changed since: a message is about the state it had then. */
function atTheTimeOf(type: string, object: Resource, { action, state, resourceType }: CausableEvent): Resource {
  const states: Readonly<Record<string, string | undefined>> = {
    'SIU^S12': action.states?.to,
    'SIU^S15': undoState(resourceType, 'cancel')?.value,
  };
  return { ...object, status: states[type] ?? state } as Resource;
}

const typesIn = (messages: readonly FeedMessage[]): number => new Set(messages.map(({ message }) => message.type)).size;

function resendOf(own: readonly FeedMessage[], silent: string): Feed['resend'] {
  const ids = own.map(({ message }) => message.controlId);
  if (ids.filter((id) => id === silent).length > 1) return 'same-id';
  const type = own.find(({ message }) => message.controlId === silent)?.message.type;
  return own.some(({ message }) => message.type === type && message.controlId !== silent) ? 'other-id' : 'none';
}

/** EVN-2 where the message has that segment; SIU has none, and MSH-7 stands in for it. */
function eventTime({ message, receivedAt }: FeedMessage): Pick<FeedEvent, 'timed' | 'delayMs'> {
  const where = message.has('EVN') ? 'EVN-2' : 'MSH-7';
  const time = readHl7Time(where === 'EVN-2' ? message.value('EVN', 2) : message.value('MSH', 7));
  if (time === undefined) return { timed: null, delayMs: null };
  return { timed: where, delayMs: time.zoned ? receivedAt.getTime() - time.ms : null };
}

/** MSH-7 was written between the change and the arrival. */
function noteTime(tools: ProbeTools, { message, receivedAt }: FeedMessage, since: Date): void {
  const time = messageTime(message);
  if (time?.zoned !== true) return;
  tools.stamped({
    source: 'message',
    stampMs: time.ms,
    resolutionMs: time.resolutionMs,
    notBeforeMs: since.getTime(),
    notAfterMs: receivedAt.getTime(),
  });
}

const messageTime = (message: Hl7Message) => readHl7Time(message.value('MSH', 7));
