import type { Resource } from 'fhir/r4.js';
import { explains, readSearchset } from '../fhir/bundle.js';
import type { FactValue } from '../model/fact.js';
import type { Subject } from '../model/subject.js';
import { isSearch, ObjectTemplates, searchTemplate } from './action-steps.js';
import { changeElement, mostChanges, mostReads, readOrThrow, threeTries } from './object-change.js';
import type { Client, ProbeTools } from './probe.js';
import { ExchangeFault, type Answer, type RequestTemplate } from './request.js';
import type { FilledBody } from './test-objects.js';
import { resolveUndo, stateOf, undoMethods, type Undo, type UndoTarget } from './undo-declaration.js';
import { isLive } from './undo-state.js';
import { idOfLocation } from './writer.js';

export interface UndoneAction {
  readonly undo: FactValue<'undo-outcome'>;
  /** The undo as a change of an object, where it is one. */
  readonly change: FactValue<'change-outcome'> | undefined;
}

const looks = 3;
const lookPausesMs = [500, 1_500];

/** What undoing one object may send. */
export function undoTemplates({ item }: Subject<'action'>): RequestTemplate[] {
  const { action } = item;
  const type = action.resource ?? '';
  const path = `${type}/{id}`;
  const observe = isSearch(action.observe) ? [searchTemplate('ai', action.observe, looks)] : [];
  return [
    { context: 'ai', method: 'GET', path, most: mostReads + 1 },
    { context: 'ai', method: 'GET', path: 'Patient/{id}', most: 1 },
    { context: 'ai', method: 'GET', path: 'Slot/{id}', most: looks },
    ...observe,
    ...undoMethods(item).map((method): RequestTemplate => ({
      context: 'ai',
      method,
      path: method === 'POST' ? type : path,
      most: mostChanges,
      mutates: true,
    })),
  ];
}

/**
 * Takes an action back the way the documents declare and reads what is left.
 * @throws ExchangeFault `tool-limited` for an undo that is no plain FHIR interaction
 */
export async function undoAction(
  subject: Subject<'action'>,
  tools: ProbeTools,
  ai: Client,
  target: UndoTarget,
): Promise<UndoneAction> {
  const undo = await resolveUndo(subject, tools, target);
  if (undo.by === 'create') {
    const { again, outcome } = await createAgain(tools, ai, undo.body, target.filled);
    if (again !== undefined) tools.objects.leave(again);
    return { undo: outcome, change: undefined };
  }
  const { object, filled } = target;
  const changed = undo.by === 'delete' ? undefined : await changeElement(tools, ai, object, undo.change);
  const { answer, left, attempts, serverErrors, durationMs } =
    changed === undefined ? await remove(tools, ai, object) : ofChange(changed);
  const result =
    left === undefined
      ? 'gone'
      : undo.by !== 'delete' && stateOf(left, undo.change.element) === undo.change.value
        ? 'as-declared'
        : isLive(left)
          ? 'live'
          : 'marked';
  const controlsHeld = left !== undefined || (await ai.read('Patient', filled.patient.id)).ok;
  return {
    change: changed?.outcome,
    undo: {
      by: undo.by,
      status: answer.status,
      tries: attempts,
      serverErrors,
      explained: answer.explained,
      result,
      stillListed: result !== 'live' && !restores(undo, target) && (await listedAsLive(subject, tools, ai, target)),
      ...(result === 'live' || restores(undo, target) ? {} : await slotFreed(tools, ai, filled)),
      durationMs,
      controlsHeld,
    },
  };
}

// A reverse patch leaves a living object, in its earlier state.
const restores = (undo: Undo, { earlier }: UndoTarget): boolean => undo.by !== 'delete' && earlier !== undefined;

interface Sent {
  readonly answer: { readonly status: number; readonly explained: boolean };
  readonly left: Resource | undefined;
  readonly attempts: number;
  readonly serverErrors: number;
  readonly durationMs: number;
}

const ofChange = ({ outcome, after, durationMs }: Awaited<ReturnType<typeof changeElement>>): Sent => ({
  answer: outcome,
  left: after,
  attempts: outcome.tries,
  serverErrors: outcome.serverErrors,
  durationMs,
});

async function remove(tools: ProbeTools, ai: Client, object: Resource): Promise<Sent> {
  const before = await readOrThrow(ai, object);
  const { resourceType, id = '' } = before;
  const sent = await threeTries(
    tools,
    async () => {
      const answer = await ai.write({ method: 'DELETE', resourceType, objectId: id, basedOn: before });
      return { answer, again: await ai.read(resourceType, id) };
    },
    ({ again }) => !again.ok,
  );
  return sentOf(sent, sent.again);
}

async function createAgain(
  tools: ProbeTools,
  ai: Client,
  body: Resource,
  { patient }: FilledBody,
): Promise<{ readonly again: Resource | undefined; readonly outcome: FactValue<'undo-outcome'> }> {
  const { resourceType } = body;
  const sent = await threeTries(
    tools,
    async () => {
      const answer = await ai.write({ method: 'POST', resourceType, body });
      const stored = answer.resource?.resourceType === resourceType ? answer.resource.id : undefined;
      const id = stored ?? idOfLocation(answer.headers['location'], resourceType);
      return { answer, again: answer.ok && id !== undefined ? await ai.read(resourceType, id) : undefined };
    },
    ({ again }) => again?.ok === true,
  );
  const { answer, left, attempts, serverErrors, durationMs } = sentOf(sent, sent.again);
  const element = 'status';
  // Here a living object is what the undo is for.
  const restored = left !== undefined && isLive(left) && stateOf(left, element) === stateOf(body, element);
  return {
    again: restored ? left : undefined,
    outcome: {
      by: 'create',
      ...answer,
      tries: attempts,
      serverErrors,
      result: restored ? 'as-declared' : 'live',
      stillListed: false,
      durationMs,
      controlsHeld: sent.again?.ok ?? (await ai.read('Patient', patient.id)).ok,
    },
  };
}

const sentOf = (
  {
    answer,
    attempts,
    serverErrors,
  }: { readonly answer: Answer; readonly attempts: number; readonly serverErrors: number },
  again: Answer | undefined,
): Sent => ({
  answer: { status: answer.status, explained: explains(answer.resource) },
  left: again?.ok === true ? again.resource : undefined,
  attempts,
  serverErrors,
  durationMs: (again ?? answer).receivedAt.getTime() - answer.sentAt.getTime(),
});

async function listedAsLive(
  { item: { action } }: Subject<'action'>,
  tools: ProbeTools,
  ai: Client,
  { filled, object }: UndoTarget,
): Promise<boolean> {
  if (!isSearch(action.observe)) return false;
  const { type, parameters } = await new ObjectTemplates(tools, filled, object).search(action.observe);
  return stays(tools, async () => {
    const page = readSearchset((await ai.search(type, parameters)).resource);
    if (page === undefined || page === 'too-many') {
      throw new ExchangeFault('prerequisite-failed', 'the contract’s observing search was not answered', undefined);
    }
    return page.matches.some((match) => match.id === object.id && isLive(match));
  });
}

// Only where the AI system may read slots at all.
async function slotFreed(tools: ProbeTools, ai: Client, { slot }: FilledBody): Promise<{ slotFreed?: boolean }> {
  if (slot?.id === undefined) return {};
  const { id } = slot;
  let readable = true;
  const held = await stays(tools, async () => {
    const answer = await ai.read('Slot', id);
    readable = answer.ok;
    return answer.ok && (answer.resource as { status?: unknown } | undefined)?.status !== 'free';
  });
  if (!readable) return {};
  if (!held) tools.cases.returnSlot(id);
  return { slotFreed: !held };
}

/** Whether something is still so after a few looks; an index may take a moment. */
async function stays(tools: ProbeTools, look: () => Promise<boolean>): Promise<boolean> {
  for (const pauseMs of lookPausesMs) {
    if (!(await look())) return false;
    await tools.pause(pauseMs);
  }
  return look();
}
