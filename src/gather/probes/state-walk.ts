import type { Resource, Task } from 'fhir/r4.js';
import type { Operation } from 'rfc6902';
import { storedDifference } from '../../fhir/stored-difference.js';
import { createsThroughFhir, speaksFhir, writesSomething } from '../../model/actions.js';
import { countsAlready } from '../../model/committed-states.js';
import type { ContractAction } from '../../model/documents/contract.js';
import type { FactValue } from '../../model/fact.js';
import { stateElement } from '../action-steps.js';
import { readOrThrow, threeTries } from '../object-change.js';
import { defineProbe, type Client, type ProbeTools } from '../probe.js';
import { ExchangeFault, type Answer } from '../request.js';
import { creatingAction, testObjectTemplates } from '../test-objects.js';
import { etagOf } from '../writer.js';

type Step = FactValue<'state-walk'>['steps'][number];

const tries = 3;
/** What says where a task or visit stands, why, and with whom. */
const custody = ['businessStatus', 'statusReason', 'requester', 'owner', 'author', 'participant', 'for', 'subject'];
/** Clinical content is made final by nobody but a person, outside a simulator (safety rule 14). */
const clinical = ['Composition', 'DiagnosticReport', 'DocumentReference', 'Observation'];

/** One object through the states of the contract, each with its time, and one step the contract forbids. */
export default defineProbe({
  id: 'state-walk',
  phase: 'write',
  subjects: 'action',
  when: ({ item: { action, path } }) =>
    writesSomething(action) &&
    (action.states?.from !== undefined || action.states?.through !== undefined) &&
    speaksFhir(action, path?.via) &&
    action.resource !== undefined,
  needs: ['ai'],
  writes: 'all',
  brings: ['state-walk'],
  sends: ({ item: { action } }) => {
    const path = `${action.resource ?? ''}/{id}`;
    const steps = statesOf(action).length + 1;
    const method = methodOf(action);
    return [
      ...testObjectTemplates(action, 2),
      { context: 'ai', method: 'GET', path, most: steps * (tries + 1) + 2 },
      { context: 'ai', method, path, most: steps * tries + 1, mutates: true },
      { context: 'ai', method: 'GET', path: `${path}/_history`, most: 1 },
    ];
  },
  async run({ item }, tools) {
    const { action } = item;
    const [start, ...states] = statesOf(action);
    const creating = creatingAction(tools.contract, action);
    const spoken = createsThroughFhir(creating ?? action, tools.organization.paths?.[creating?.id ?? '']?.via);
    if (creating === undefined || !spoken) {
      throw new ExchangeFault('no-test-object', 'no action of the contract creates such an object', undefined);
    }
    if (start === undefined || states.length === 0) {
      throw new ExchangeFault('undecided', 'the contract names no state to begin or to end with', undefined);
    }
    const type = action.resource ?? '';
    if (
      tools.environmentClass !== 'simulator' &&
      clinical.includes(type) &&
      states.some((state) => countsAlready(type, state))
    ) {
      throw new ExchangeFault('tool-limited', 'clinical content is made final by a person only', undefined);
    }
    return { 'state-walk': await new Walk(tools, tools.clients.ai, action).from(start, states) };
  },
});

/** Where the walk begins, and every state after it. */
const statesOf = ({ states }: ContractAction): string[] =>
  [states?.from, ...(states?.through ?? []), states?.to].filter((state) => state !== undefined);

const methodOf = ({ interaction }: ContractAction): 'PATCH' | 'PUT' => (interaction === 'update' ? 'PUT' : 'PATCH');

class Walk {
  readonly #tools: ProbeTools;
  readonly #ai: Client;
  readonly #action: ContractAction;
  readonly #element: string;
  readonly #steps: Step[] = [];
  #jump: FactValue<'state-walk'>['jump'];

  constructor(tools: ProbeTools, ai: Client, action: ContractAction) {
    this.#tools = tools;
    this.#ai = ai;
    this.#action = action;
    this.#element = stateElement(action);
  }

  async from(start: string, states: readonly string[]): Promise<FactValue<'state-walk'>> {
    let object = await this.#made(start);
    let from = start;
    for (const to of states) {
      const taken = await this.#step(object, from, to);
      object = taken.object;
      if (taken.stored) from = to;
      await this.#tryJump(object, from, states[0] ?? to, start);
      if (!taken.stored) break;
    }
    await this.#lookIntoHistory(object);
    const controlsHeld = await this.#ai.allowed(
      async () => (await this.#ai.read(object.resourceType, object.id ?? '')).ok,
    );
    return { steps: this.#steps, controlsHeld, ...(this.#jump === undefined ? {} : { jump: this.#jump }) };
  }

  async #made(state: string): Promise<Resource> {
    const spare = this.#tools.objects.takeSpare(this.#action, state);
    if (spare !== undefined) return spare;
    const { body } = await this.#tools.objects.body(this.#action);
    return this.#tools.objects.make({ ...body, [this.#element]: state }, this.#ai);
  }

  async #step(before: Resource, from: string, to: string): Promise<{ object: Resource; stored: boolean }> {
    const sent = await threeTries(
      this.#tools,
      async () => {
        const answer = await this.#send(before, to);
        return { answer, again: await readOrThrow(this.#ai, before) };
      },
      ({ again }) => this.#stateOf(again) === to,
    );
    const { answer, again, attempts, serverErrors } = sent;
    const stored = this.#stateOf(again) === to;
    const elements = custody.filter((element) => element in before);
    const { dropped, changed } = storedDifference(before, again, elements);
    this.#steps.push({
      from,
      to,
      status: answer.status,
      tries: attempts,
      serverErrors,
      stored,
      ...timeOf(again, answer),
      lost: [...dropped, ...changed],
    });
    return { object: again, stored };
  }

  // From the state the walk is in; the step after it is one more allowed one, on an object of its own.
  async #tryJump(object: Resource, state: string, next: string, start: string): Promise<void> {
    const to = forbiddenFrom(this.#action, state);
    if (this.#jump !== undefined || to === undefined || this.#steps.at(-1)?.stored !== true) return;
    const answer = await this.#send(object, to, true);
    const again = await readOrThrow(this.#ai, object);
    const other = await this.#made(start);
    const control = await this.#send(other, next);
    this.#jump = {
      from: state,
      to,
      status: answer.status,
      accepted: this.#stateOf(again) === to,
      controlsHeld: control.ok,
    };
  }

  // Only where the object itself does not say when something happened.
  async #lookIntoHistory({ resourceType, id = '' }: Resource): Promise<void> {
    const timeless = this.#steps.filter(({ time, stored }) => stored && time === 'nowhere');
    if (timeless.length === 0) return;
    const answer = await this.#ai.send({ method: 'GET', path: `${resourceType}/${id}/_history` });
    const entries = (answer.resource as { entry?: unknown } | undefined)?.entry;
    const known = (Array.isArray(entries) ? entries : []) as { response?: { lastModified?: unknown } }[];
    if (!answer.ok || !known.some((entry) => typeof entry?.response?.lastModified === 'string')) return;
    for (const step of timeless) step.time = 'only-history';
  }

  #send(basedOn: Resource, state: string, expectRefusal = false): Promise<Answer> {
    const { meta: _meta, ...content } = basedOn;
    const timed = basedOn.resourceType === 'Task' ? { lastModified: withOffset(this.#tools.now()) } : {};
    const values: Readonly<Record<string, string>> = { [this.#element]: state, ...timed };
    const method = methodOf(this.#action);
    return this.#ai.write({
      method,
      resourceType: basedOn.resourceType,
      objectId: basedOn.id ?? '',
      basedOn,
      body: method === 'PUT' ? { ...content, ...values } : Object.entries(values).map(replacing(content)),
      ifMatch: etagOf(basedOn) ?? null,
      ...(expectRefusal ? { expectRefusal } : {}),
    });
  }

  #stateOf(resource: Resource): unknown {
    return (resource as unknown as Record<string, unknown>)[this.#element];
  }
}

const replacing =
  (content: object) =>
  ([element, value]: readonly [string, string]): Operation => ({
    op: element in content ? 'replace' : 'add',
    path: `/${element}`,
    value,
  });

/** `completed-to-in-progress`, or a state nobody may move to at all. */
function forbiddenFrom({ states }: ContractAction, state: string): string | undefined {
  const forbidden = states?.forbidden ?? [];
  const steps = forbidden.flatMap((text) => /^(.+)-to-(.+)$/.exec(text)?.slice(1, 3) ?? []);
  for (let at = 0; at < steps.length; at += 2) if (steps[at] === state) return steps[at + 1];
  return state === states?.to ? forbidden.find((text) => !text.includes('-to-')) : undefined;
}

/** Where the time of the last step stands, and how far it is from the time between sending and the answer. */
function timeOf(after: Resource, answer: Answer): Pick<Step, 'time' | 'offMs'> {
  const own = after.resourceType === 'Task';
  const inElement = own ? (after as Task).lastModified : undefined;
  const text = inElement ?? after.meta?.lastUpdated;
  const atMs = text === undefined ? Number.NaN : Date.parse(zoned(text));
  if (Number.isNaN(atMs)) return { time: 'nowhere', offMs: 0 };
  const [earliestMs, latestMs] = [answer.sentAt.getTime(), answer.receivedAt.getTime()];
  const offMs = Math.round(Math.min(0, atMs - earliestMs) + Math.max(0, atMs - latestMs));
  return { time: inElement !== undefined ? 'element' : own ? 'only-version' : 'version', offMs };
}

/** A time without a zone is read as UTC, the same on every machine. */
const zoned = (text: string): string =>
  /T.*(Z|[+-]\d{2}:\d{2})$/.test(text) || !text.includes('T') ? text : `${text}Z`;

/** The same moment five hours west, so that a server which drops the offset is seen to. */
function withOffset(now: Date): string {
  const local = new Date(now.getTime() - 5 * 3_600_000).toISOString();
  return local.replace('Z', '-05:00');
}
