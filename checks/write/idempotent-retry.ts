import { atHolder, defineCheck, holderMessages, type Verdict } from '../../src/check.js';
import { createsSomething, writesSomething } from '../../src/model/actions.js';
import type { Messages, Say } from '../../src/model/check.js';
import type { ContractAction } from '../../src/model/documents/contract.js';
import type { FactValue } from '../../src/model/fact.js';

const messages = {
  ...holderMessages,
  'twice-after-lost-answer': {
    kind: 'proof',
    text: 'After a lost answer and the retry there are {objects} objects.',
  },
  'twice-after-repeat': { kind: 'proof', text: 'After the sequence ran again there are {objects} objects.' },
  'twice-at-once': {
    kind: 'proof',
    text: 'Two requests at once left {objects} objects, and the contract names no query to find the second one.',
  },
  'changed-again': { kind: 'proof', text: 'Sending the same change again changed the object once more.' },
  'twice-at-once-findable': {
    kind: 'limit',
    text: 'Two requests at once left {objects} objects; the contract’s query finds the second one.',
  },
  'product-twice': {
    kind: 'proof',
    text: 'The product left up to {objects} objects for one wish, in {breaches} of {trials} trials.',
  },
  'recorded-twice': {
    kind: 'proof',
    text: 'The product sent creates of {type} again whose answer was lost, and the EHR stored {twice} of them twice.',
  },
  recorded: {
    kind: 'limit',
    text: 'Nothing was repeated on purpose. Of {creates} creates of {type} by the product, {keyed} carried an identifier or a condition; none met a fault or stayed without an answer.',
  },
  'recorded-lost': {
    kind: 'limit',
    text: 'Nothing was repeated on purpose. Of {creates} creates of {type} by the product, {keyed} carried an identifier or a condition. {lost} of its writes of {type} met a fault or got no answer: {found} times the object was found, {done} times it was sent again until it was done, {left} times neither.',
  },
  'not-counted': {
    kind: 'control',
    text: 'No object was left to count ({objects}), so nothing is shown about a second one.',
  },
  'undecided-key': {
    kind: 'undecided',
    text: 'The contract names nothing that keeps a repeated write apart from a new one; {who} decides, usually {default}.',
  },
} as const satisfies Messages;

type Objects = FactValue<'retry-objects'>;

/** What the EHR makes of the contract's own sequence. */
function ofEhr(say: Say<typeof messages>, action: ContractAction, objects: Objects): readonly Verdict[] {
  if (objects.sequence === 'undecided') {
    const open = { who: 'the product owner', default: 'an identifier with a conditional create' };
    return [say.notMeasured('undecided-key', 'undecided', open)];
  }
  if (objects.sequence === 'change') return [objects.sameContent ? say.pass() : say.fail('changed-again')];
  const { afterLostAnswer, afterRepeat, inParallel, sequence, cut } = objects;
  const verdicts: Verdict[] = [];
  if (afterLostAnswer > 1) verdicts.push(say.fail('twice-after-lost-answer', { objects: afterLostAnswer }));
  if (afterRepeat !== undefined && afterRepeat > 1)
    verdicts.push(say.fail('twice-after-repeat', { objects: afterRepeat }));
  if (inParallel !== undefined && inParallel > 1) {
    const shown = { objects: inParallel };
    verdicts.push(
      action.idempotency?.query === undefined
        ? say.fail('twice-at-once', shown)
        : say.warn('twice-at-once-findable', shown),
    );
  }
  if (verdicts.length > 0) return verdicts;
  return [afterLostAnswer, afterRepeat, inParallel].includes(0) || afterRepeat === undefined
    ? [say.notMeasured('not-counted', 'control-failed', { objects: 0 })]
    : [say.pass({ sequence, cut, inParallel: inParallel ?? 'not tried' })];
}

interface Seen {
  readonly 'product-writing'?: FactValue<'product-writing'>;
  readonly 'product-faults'?: FactValue<'product-faults'>;
}

/** How the product created what this action creates; undefined where it did not. */
function createsSeen(
  { 'product-writing': writing, 'product-faults': faults = [] }: Seen,
  { resource }: ContractAction,
) {
  const row = writing?.find(({ resourceType, creates }) => resourceType === resource && creates > 0);
  if (row === undefined) return undefined;
  const lost = faults.filter(({ interaction, resourceType }) => interaction === 'write' && resourceType === resource);
  const sum = (of: 'met' | 'done' | 'lookedFirst' | 'found' | 'left' | 'storedTwice'): number =>
    lost.reduce((all, each) => all + each[of], 0);
  return {
    type: row.resourceType,
    creates: row.creates,
    keyed: row.conditional + row.identified,
    lost: sum('met'),
    done: sum('done'),
    looked: sum('lookedFirst'),
    found: sum('found'),
    left: sum('left'),
    twice: sum('storedTwice'),
  };
}

export default defineCheck({
  id: 'write.idempotent-retry',
  kind: 'probe',
  severity: 'blocker',
  blocks: 'vendor-integration',
  title: 'A repeated write leaves one object',
  failureTitle: 'A repeated write leaves two objects',
  plain: 'A slow network does not book the patient twice.',
  why: 'When an answer is lost the client cannot know whether the write happened, and repeats it; without a key, a search or a lock each repetition is another visit or note.',
  sends:
    'Runs the contract’s own sequence for one business key: a create whose answer is lost, the retry, the same once more, and for another key two at the same time. Counts the objects each time. Asks the product by its webhook for the same more than once, with an answer lost in between, and counts those too.',
  ask: {
    of: 'vendor',
    text: 'Cut the connection just after your product has sent a write, let it try again, and show us how many records the EHR then holds.',
  },
  remedy: [
    {
      owner: 'vendor',
      effort: 'medium',
      text: 'Give every request an identifier of its own, and search for it before anything is sent again.',
    },
    { owner: 'ehr-team', effort: 'medium', text: 'Switch on conditional create, or lock the slot on booking.' },
  ],
  references: ['https://hl7.org/fhir/R4/http.html#ccreate', 'https://www.rfc-editor.org/rfc/rfc9110#section-9.2.2'],
  maps: ['45 CFR 164.312(c)(1)'],
  writes: 'all',
  subjects: 'action',
  when: ({ item: { action } }) => writesSomething(action),
  ifNone: 'not-applicable',
  reads: ['retry-objects'],
  optional: ['product-trials', 'person-drills', 'product-repeats', 'product-writing', 'product-faults'],
  messages,
  otherwise: (facts, say, { item: { action } }, missing) => {
    const seen = createsSomething(action) ? createsSeen(facts, action) : undefined;
    if (seen === undefined) return [];
    const twice = seen.twice > 0 ? [say.fail('recorded-twice', seen)] : [];
    return [...twice, say.notMeasured(seen.lost > 0 ? 'recorded-lost' : 'recorded', missing, seen)];
  },
  evaluate: (facts, say, { item: { action } }) => {
    const { 'retry-objects': objects, 'product-repeats': repeats = [] } = facts;
    const judged = atHolder(
      say,
      'noDuplicate',
      action.controls?.noDuplicate?.heldBy,
      facts,
      ofEhr(say, action, objects),
    );
    // The EHR's lock is on one slot; a product that books the next one gets past it.
    const twice = repeats.filter(({ way, breaches }) => way !== 'other-words' && breaches > 0);
    if (twice.length === 0 || judged.some(({ message }) => message === 'product-broke-it')) return judged;
    const shown = {
      objects: Math.max(...twice.map((row) => row.objects)),
      breaches: twice.reduce((sum, row) => sum + row.breaches, 0),
      trials: twice.reduce((sum, row) => sum + row.trials, 0),
    };
    return [...judged, say.fail('product-twice', shown)];
  },
});
