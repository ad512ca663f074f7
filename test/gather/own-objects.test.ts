import { expect, it } from 'vitest';
import type { ForeignObject, Intent, JournalEntry, JournalOutcome } from '../../src/gather/journal.js';
import { ownObjects } from '../../src/gather/own-objects.js';

const at = '2026-11-20T08:00:00.000Z';
const intent = (id: string, more: Partial<Intent> = {}): Intent => ({
  type: 'intent',
  id,
  at,
  context: 'ai',
  binding: 'bot',
  method: 'POST',
  resourceType: 'Appointment',
  identifier: `run-${id}`,
  probe: 'p',
  subject: 's',
  bodySha256: '00',
  undo: 'object',
  ...more,
});
const outcome = (id: string, more: Partial<JournalOutcome> = {}): JournalOutcome => ({
  type: 'outcome',
  id,
  at,
  status: 201,
  objectId: `of-${id}`,
  contentSha256: `content-${id}`,
  ...more,
});
const foreign: ForeignObject = {
  type: 'foreign',
  at,
  binding: 'bot',
  resourceType: 'Appointment',
  objectId: 'theirs',
  action: 'book',
  contentSha256: 'seen',
};
const seen = (entries: readonly JournalEntry[]) =>
  ownObjects(entries).map(({ objectId, hashes, foreign: made }) => [objectId, [...hashes], made === true]);

it('what the AI system made comes last, whenever it was seen', () => {
  expect(seen([intent('w1'), outcome('w1'), foreign, intent('w2'), outcome('w2')])).toEqual([
    ['of-w2', ['content-w2'], false],
    ['of-w1', ['content-w1'], false],
    ['theirs', ['seen'], true],
  ]);
});

it('what the run did to it afterwards is known too', () => {
  const undo = intent('w1', { method: 'PATCH', objectId: 'theirs', undo: 'none', predictedSha256: 'foreseen' });
  expect(seen([foreign, undo])).toEqual([['theirs', ['seen', 'foreseen'], true]]);
  expect(seen([foreign, undo, outcome('w1', { status: 200, objectId: 'theirs' })])).toEqual([
    ['theirs', ['content-w1'], true],
  ]);
});

it('what it made of an object of the run is known as such', () => {
  const changed = { ...foreign, objectId: 'of-w1' };
  expect(seen([intent('w1'), outcome('w1'), changed])).toEqual([['of-w1', ['content-w1', 'seen'], false]]);
});

it('each event that was told stands for one object that may be there', () => {
  const told = (id: string) => intent(id, { context: 'ai-system', identifier: 'run-1' });
  expect(seen([told('w1'), told('w2'), outcome('w2', { status: 200 })])).toEqual([
    ['of-w2', ['content-w2'], false],
    [undefined, [], false],
  ]);
});
