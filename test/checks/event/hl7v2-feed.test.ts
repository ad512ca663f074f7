import hl7v2Feed from '../../../checks/event/hl7v2-feed.js';
import type { FactValue } from '../../../src/model/fact.js';
import { testCheck } from '../../support/test-check.js';

type Feed = FactValue<'hl7v2-feed'>;
type FeedEvent = Feed['events'][number];

const subject = { item: { trigger: { id: 'freed', kind: 'ehr-event' }, channel: { kind: 'hl7v2' } } };
const told: FeedEvent = {
  arrived: 1,
  typesArrived: 1,
  afterMs: 40,
  timed: 'MSH-7',
  delayMs: 12,
  patient: 'same',
  compared: ['PID-5', 'PID-7', 'start'],
  differs: [],
};
const missed: FeedEvent = {
  ...told,
  arrived: 0,
  typesArrived: 0,
  afterMs: null,
  timed: null,
  delayMs: null,
  patient: 'not-named',
  compared: [],
};
const usual: Feed = {
  types: ['SIU^S15'],
  sameMachine: false,
  encrypted: true,
  connections: 1,
  inClearText: 0,
  unreadable: 0,
  others: 0,
  events: [told, told, told, told],
  resend: 'same-id',
};
const feed = (more: Partial<Feed>, ...events: Partial<FeedEvent>[]) => ({
  subject,
  facts: {
    'hl7v2-feed': {
      ...usual,
      ...(events.length === 0 ? {} : { events: events.map((event): FeedEvent => ({ ...told, ...event })) }),
      ...more,
    },
  },
});

testCheck(hl7v2Feed, {
  pass: {
    'once each, equal, and again after the missing acknowledgement': feed({}),
    'messages about others besides': feed({ others: 31 }),
    'two types of one event': feed({ types: ['SIU^S12', 'SIU^S15'] }, { arrived: 2, typesArrived: 2 }),
    'clear text on one machine that speaks TLS too': feed({ sameMachine: true, inClearText: 1 }),
  },
  warn: {
    'no time of the event': feed({}, { timed: null, delayMs: null }),
    'not sent again': feed({ resend: 'none' }),
    'sent again as a new message': feed({ resend: 'other-id' }, {}, { arrived: 2 }),
    'nothing could be held back': feed({ resend: null }),
    'told twice': feed({}, {}, { arrived: 2 }),
    'no patient identifier': feed({}, { patient: 'not-named' }),
    'no field that is compared': feed({}, { compared: [] }),
    'frames of something else': feed({ unreadable: 2 }),
  },
  fail: {
    'another name': feed({}, {}, { differs: ['PID-5'] }),
    'another patient': feed({}, { patient: 'other' }),
    'clear text across the network': feed({ inClearText: 1 }),
    'clear text and nothing else': feed({ inClearText: 3, connections: 0 }, missed),
    'three of four lost': feed({}, missed, missed, {}, missed),
    'all lost while others arrive': feed({ others: 9, resend: null }, missed, missed, missed, missed),
  },
  notMeasured: {
    'one of four lost': feed({}, missed, {}, {}, {}),
    'nobody connected': feed({ connections: 0, resend: null }, missed),
    'connected and silent': feed({ resend: null }, missed),
    'clear text on the same machine only': feed({ sameMachine: true, inClearText: 2, connections: 0 }, missed),
  },
  notApplicable: {
    'another channel': {
      subject: { item: { trigger: { id: 'freed', kind: 'ehr-event' }, channel: { kind: 'subscription' } } },
      facts: {},
    },
  },
});
