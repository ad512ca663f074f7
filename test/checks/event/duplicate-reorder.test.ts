import duplicateReorder from '../../../checks/event/duplicate-reorder.js';
import type { FactValue } from '../../../src/model/fact.js';
import { testCheck } from '../../support/test-check.js';

type Replays = FactValue<'event-replays'>;

const outside = (more: Partial<Replays> = {}) => ({
  'event-replays': {
    kind: 'external',
    told: 3,
    objects: 1,
    answers: null,
    afterOlder: null,
    ...more,
  } satisfies Replays,
});
const change = (more: Partial<Replays> = {}, after: Partial<NonNullable<Replays['afterOlder']>> = {}) => ({
  'event-replays': {
    kind: 'ehr-event',
    told: 2,
    objects: 0,
    answers: 1,
    ...more,
    afterOlder: { newestKept: true, objects: 0, answers: 1, ...after },
  } satisfies Replays,
});

testCheck(duplicateReorder, {
  pass: {
    'one visit for three tellings': outside(),
    'one answer, before and after the older change': change(),
    'one draft, and nobody shows answers': change({ objects: 1, answers: null }, { objects: 1, answers: null }),
  },
  warn: {
    'two answers to one change': change({ answers: 2 }),
    'a second answer to the older change': change({}, { answers: 2 }),
  },
  fail: {
    'two visits for one event': outside({ objects: 2 }),
    'two drafts for one change': change({ objects: 2 }, { objects: 2 }),
    'the object is back in its older state': change({}, { newestKept: false }),
    'a draft for the older change': change({}, { objects: 1 }),
    'the answer is gone after the older change': change({}, { answers: 0 }),
  },
  notMeasured: {
    'nothing came of it': outside({ objects: 0 }),
    'no answer to any of them': change({ answers: 0 }, { answers: 0 }),
    'no door to tell it by': { 'event-replays': { missing: 'no-ai-system' } },
  },
  notApplicable: {
    'a clinician opens the app': {
      facts: outside(),
      subject: { item: { trigger: { id: 'open', kind: 'smart-launch' }, channel: undefined } },
    },
  },
});
