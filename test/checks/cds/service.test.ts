import service from '../../../checks/cds/service.js';
import type { FactValue } from '../../../src/model/fact.js';
import { expect, it } from 'vitest';
import { run, testCheck } from '../../support/test-check.js';

type Discovery = FactValue<'cds-discovery'>;
type Answers = FactValue<'cds-answers'>[number];

const listed = { service: 'pa-needed', hook: 'order-sign', complete: true, asks: [] };
/** Ten calls, two of them with a card that is as it should be. */
const facts = (answers: Partial<Answers> = {}, discovery: Partial<Discovery> = {}) => ({
  'cds-discovery': { status: 200, readable: true, named: 1, services: [listed], ...discovery },
  'cds-answers': [
    {
      service: 'pa-needed',
      hook: 'order-sign',
      notCalled: null,
      calls: 10,
      answered: 10,
      refused: [],
      cards: 2,
      withId: 2,
      callsWithCards: 2,
      faults: [],
      systemActions: [],
      feedback: { accepted: 200, overridden: 200 },
      ...answers,
    },
  ],
});
const item = (actions: readonly object[] = [], cardLimit?: number) => ({
  contract: {
    triggers: [
      { id: 'signing', kind: 'cds-hook', hook: 'order-sign', ...(cardLimit === undefined ? {} : { cardLimit }) },
    ],
    actions,
  },
  organization: {},
  environmentId: 'test',
});
const of = (
  answers: Partial<Answers> = {},
  discovery: Partial<Discovery> = {},
  actions: readonly object[] = [],
  cardLimit?: number,
) => ({ facts: facts(answers, discovery), subject: { item: item(actions, cardLimit) } });

const update = { type: 'update', resourceType: 'ServiceRequest', calls: 10 } as const;
const commit = { id: 'note', kind: 'commit', resource: 'ServiceRequest', interaction: 'patch' };
const noReview = { rationale: 'a note only', signedBy: 'director@clinic.example' };

testCheck(service, {
  pass: {
    'cards as they should be': of(),
    'two cards in ten calls are not shown to be more than 20 in 100': of({}, {}, [], 20),
    'nobody could be told: there was no suggestion': of({ feedback: { accepted: null, overridden: 201 } }),
    'acts by itself where the contract lets it': of(
      { cards: 0, withId: 0, callsWithCards: 0, systemActions: [update] },
      {},
      [{ ...commit, noReview }],
    ),
    'a card by an action alone': {
      facts: facts(),
      subject: {
        item: {
          contract: { actions: [{ id: 'hint', kind: 'suggest', channel: 'card' }] },
          organization: {},
          environmentId: 'test',
        },
      },
    },
  },
  warn: {
    'cards without an id': of({ withId: 1 }),
    'no feedback': of({ feedback: { accepted: 404, overridden: 404 } }),
    'overriding is not taken': of({ feedback: { accepted: 200, overridden: 500 } }),
    'a card with every order': of({ cards: 10, withId: 10, callsWithCards: 10 }, {}, [], 20),
    'some calls fail': of({ answered: 9, refused: [{ status: 500, calls: 1 }] }),
  },
  fail: {
    'no source': of({ faults: [{ fault: 'source-without-label', calls: 2 }] }),
    'a card of 50 MB': of({
      answered: 0,
      refused: [{ status: 0, calls: 10 }],
      faults: [{ fault: 'too-large', calls: 10 }],
    }),
    'changes the order by itself': of({ systemActions: [update] }),
    'changes it although the contract wants a review': of({ systemActions: [update] }, {}, [
      { ...commit, noReview, review: { required: true } },
    ]),
    'changes it and nobody has signed that': of({ systemActions: [update] }, {}, [commit]),
    'deletes what it may only change': of({ systemActions: [{ ...update, type: 'delete' }] }, {}, [
      { ...commit, noReview },
    ]),
    'an action on nothing anybody knows': of({ systemActions: [{ type: 'delete', resourceType: null, calls: 1 }] }),
    'listed without a description': of({}, { services: [{ ...listed, complete: false }] }),
  },
  notMeasured: {
    'no list': of({}, { status: 404, readable: false, named: 0, services: [] }),
    'another service': of({}, { named: 3, services: [] }),
    'no hook this tool can play': of({ notCalled: 'hook-not-played', calls: 0, answered: 0 }),
    'a strange id': of({ notCalled: 'id-not-usable', calls: 0, answered: 0 }),
    'no order to sign': of({ notCalled: 'no-test-data', calls: 0, answered: 0 }),
    'all refused': of({ answered: 0, cards: 0, withId: 0, callsWithCards: 0, refused: [{ status: 401, calls: 10 }] }),
    'never a card': of({ cards: 0, withId: 0, callsWithCards: 0 }),
  },
  notApplicable: {
    'no card anywhere': {
      facts: facts(),
      subject: {
        item: { contract: { triggers: [{ id: 'call', kind: 'external' }] }, organization: {}, environmentId: 'test' },
      },
    },
  },
});

type Outcomes = FactValue<'card-outcomes'>;
const week = { ofRun: 4, from: '2026-11-13T08:00:00.000Z', to: '2026-11-19T17:00:00.000Z' };
const counted = { service: 'pa-needed', shown: 55, accepted: 28, overridden: 12 };
/** Numbers that travel with the service, where the product's log says this of its cards. */
const shows = (answers: Partial<Answers>, services: Outcomes['services']) => {
  const given = of(answers, {}, [], 20);
  const { judgements, grade } = run(service, {
    ...given,
    facts: { ...given.facts, 'card-outcomes': { ...week, services } },
  });
  expect(grade).toBe('measured');
  return judgements.flatMap(({ outcome, data }) => (outcome === 'pass' ? [data] : []));
};
const measured = { service: 'pa-needed', calls: 10, cards: 2, cardsPer100: 20, limit: 20 };

it.each([
  [[counted], { shownInLog: 55, acceptedInLog: 28, overriddenInLog: 12, overriddenAtMostPercent: 44 }],
  [
    [{ ...counted, accepted: 40, overridden: 0 }],
    { shownInLog: 55, acceptedInLog: 40, overriddenInLog: 0, overriddenAtMostPercent: 7.2 },
  ],
  // Four say nothing about a share.
  [
    [{ ...counted, accepted: 0, overridden: 4 }],
    { shownInLog: 55, acceptedInLog: 0, overriddenInLog: 4, overriddenAtMostPercent: null },
  ],
  [[{ ...counted, service: 'another' }], {}],
  [[], {}],
])('prints what people did with cards beside how many there were: %j', (services, more) => {
  expect(shows({}, services)).toEqual([{ ...measured, ...more }]);
});

it('prints it beside a limit as well, and judges nothing by it', () => {
  const all = { cards: 10, withId: 10, callsWithCards: 10 };
  const everything = { shownInLog: 55, acceptedInLog: 0, overriddenInLog: 55, overriddenAtMostPercent: 100 };
  const numbers = { ...measured, cards: 10, cardsPer100: 100, ...everything };
  expect(shows(all, [{ ...counted, accepted: 0, overridden: 55 }])).toEqual([numbers]);
  const { judgements } = run(service, of(all, {}, [], 20));
  expect(judgements.map(({ messageId }) => messageId)).toEqual(['too-many-cards', null]);
});
