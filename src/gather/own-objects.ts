import type { ForeignObject, Intent, JournalEntry, JournalOutcome } from './journal.js';

/** One object this run created, or may have created, and what is known of its content. */
export interface OwnObject {
  readonly resourceType: string;
  readonly identifier: string | undefined;
  /** The AI system made it and gave it no identifier of ours: its id and content in the journal are the proof. */
  readonly foreign?: true;
  readonly binding: string;
  objectId: string | undefined;
  /** Looked for by its identifier, and not there. */
  absent?: boolean;
  /** Content hashes it may rightly have: the last known, and what an unanswered change would have made of it. */
  hashes: Set<string>;
  /** The create itself was never answered: an untouched first version is ours. */
  createUnanswered: boolean;
  order: number;
}

/** What the journal says was created, in the order it is to be taken back. */
export function ownObjects(entries: readonly JournalEntry[]): OwnObject[] {
  const outcomes = new Map<string, JournalOutcome>();
  for (const entry of entries) if (entry.type === 'outcome') outcomes.set(entry.id, entry);
  const objects: OwnObject[] = [];
  const byId = new Map<string, OwnObject>();
  for (const [order, intent] of entries.entries()) {
    if (intent.type === 'foreign') {
      const own = byId.get(`${intent.resourceType}/${intent.objectId}`);
      const object = own ?? seen(intent, order);
      // It changed what the run had made.
      if (own !== undefined) own.hashes.add(intent.contentSha256);
      else objects.push(object);
      byId.set(`${object.resourceType}/${object.objectId}`, object);
    }
    if (intent.type !== 'intent') continue;
    const outcome = outcomes.get(intent.id);
    const answered = outcome !== undefined && outcome.status >= 200 && outcome.status < 300;
    const unknown = outcome === undefined || outcome.status === 0 || outcome.status >= 500;
    if (intent.method === 'POST' && intent.undo === 'object' && (answered || unknown)) {
      const object = createdBy(intent, outcome, order, !answered || outcome?.contentSha256 === undefined);
      objects.push(object);
      if (object.objectId !== undefined) byId.set(`${object.resourceType}/${object.objectId}`, object);
    } else if (intent.objectId !== undefined && (answered || unknown)) {
      const object = byId.get(`${intent.resourceType}/${intent.objectId}`);
      if (object === undefined) continue;
      if (answered && outcome?.contentSha256 !== undefined) object.hashes = new Set([outcome.contentSha256]);
      else if (intent.predictedSha256 !== undefined) object.hashes.add(intent.predictedSha256);
      if (answered) object.createUnanswered = false;
    }
  }
  // Subscriptions first: undoing the others may be what they tell of; what the AI system made last (safety rule 19).
  const first = ({ resourceType, foreign }: OwnObject): number =>
    foreign === true ? 2 : resourceType === 'Subscription' ? 0 : 1;
  return objects.sort((a, b) => first(a) - first(b) || b.order - a.order);
}

function createdBy(intent: Intent, outcome: JournalOutcome | undefined, order: number, unanswered: boolean): OwnObject {
  return {
    resourceType: intent.resourceType,
    identifier: intent.identifier,
    binding: intent.binding,
    objectId: outcome?.objectId,
    hashes: new Set([outcome?.contentSha256, intent.predictedSha256].filter((each) => each !== undefined)),
    createUnanswered: unanswered,
    order,
  };
}

const seen = ({ resourceType, objectId, binding, contentSha256 }: ForeignObject, order: number): OwnObject => ({
  resourceType,
  identifier: undefined,
  foreign: true,
  binding,
  objectId,
  hashes: new Set([contentSha256]),
  createUnanswered: false,
  order,
});
