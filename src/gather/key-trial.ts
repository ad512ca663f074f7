import type { Resource } from 'fhir/r4.js';
import { readSearchset } from '../fhir/bundle.js';
import type { ContractAction } from '../model/documents/contract.js';
import { keyQuery, objectsOfKey, type CreateSequence } from './business-key.js';
import type { Client, ProbeTools } from './probe.js';
import { ExchangeFault, type Answer } from './request.js';
import type { FilledBody } from './test-objects.js';
import { isLive } from './undo-state.js';
import { idOfLocation } from './writer.js';

interface Attempt {
  readonly identifier: string;
  /** Where the answer said; undefined when it said nothing, and the object has to be searched for. */
  id: string | undefined;
}

/** Share of the time of an earlier create after which the client gives up: the server has it, the answer is on its way. */
const shareOfCreate = 0.6;
const shortestMs = 3;
const committedPausesMs = [100, 400, 1_500];

/** Creates for one business key by the contract's sequence, and the count of what is there afterwards. */
export class KeyTrial {
  readonly #tools: ProbeTools;
  readonly #ai: Client;
  readonly #filled: FilledBody;
  readonly #sequence: CreateSequence;
  readonly #query: string | undefined;
  readonly #attempts: Attempt[] = [];

  constructor(tools: ProbeTools, ai: Client, action: ContractAction, sequence: CreateSequence, filled: FilledBody) {
    this.#tools = tools;
    this.#ai = ai;
    this.#filled = filled;
    this.#sequence = sequence;
    this.#query = keyQuery(action, filled.body.resourceType);
  }

  /**
   * The sequence once, as a client that knows nothing of earlier attempts. Answers the create; undefined where the search
   * before it found something.
   */
  async attempt(deadlineMs?: number): Promise<Answer | undefined> {
    if (this.#sequence === 'search' && (await this.#found()).length > 0) return undefined;
    const { body, ifNoneExist } = this.#filled;
    const identifier = this.#tools.writer.newIdentifier();
    try {
      const answer = await this.#ai.write({
        method: 'POST',
        resourceType: body.resourceType,
        body,
        identifier,
        ...(ifNoneExist === undefined ? {} : { ifNoneExist }),
        ...(deadlineMs === undefined ? {} : { deadlineMs, abandon: true }),
      });
      if (answer.ok || answer.status >= 500) this.#attempts.push({ identifier, id: idOf(answer, body.resourceType) });
      return answer;
    } catch (error) {
      if (deadlineMs === undefined || !(error instanceof ExchangeFault) || !error.mayHaveArrived) throw error;
      this.#attempts.push({ identifier, id: undefined });
      throw error;
    }
  }

  /**
   * A create whose answer the client never sees, with the object stored. True when the connection was cut in time; false
   * when the answer came first, or nothing had been stored yet, and an answer was thrown away instead.
   */
  async loseAnswer(createMs: number): Promise<boolean> {
    try {
      await this.attempt(Math.max(shortestMs, Math.round(createMs * shareOfCreate)));
      return false;
    } catch (error) {
      if (!(error instanceof ExchangeFault) || !error.mayHaveArrived) throw error;
    }
    for (const pauseMs of committedPausesMs) {
      await this.#tools.pause(pauseMs);
      if ((await this.count()) > 0) return true;
    }
    await this.attempt();
    return false;
  }

  /** How many living objects this key has. */
  async count(): Promise<number> {
    return (await this.living()).size;
  }

  /** Living objects of this key by id: by the contract's query, by the answers, and by identifier where no answer came. */
  async living(): Promise<ReadonlyMap<string, Resource>> {
    const living = new Map((await this.#found()).map((each) => [each.id ?? '', each]));
    for (const attempt of this.#attempts) {
      await this.#recognise(attempt, living);
      const { identifier, id } = attempt;
      if (id === undefined) for (const each of await this.#byIdentifier(identifier)) living.set(each.id ?? '', each);
      else if (!living.has(id)) {
        const answer = await this.#ai.read(this.#filled.body.resourceType, id);
        if (answer.ok && answer.resource !== undefined && isLive(answer.resource)) living.set(id, answer.resource);
      }
    }
    return living;
  }

  /** What the key's own search shows of an unanswered create needs no search for its identifier, now or in cleanup. */
  async #recognise(attempt: Attempt, living: ReadonlyMap<string, Resource>): Promise<void> {
    if (attempt.id !== undefined) return;
    const own = [...living.values()].find((each) => JSON.stringify(each).includes(`"${attempt.identifier}"`));
    if (own === undefined) return;
    attempt.id = own.id;
    await this.#tools.writer.found(attempt.identifier, own);
  }

  async #found(): Promise<Resource[]> {
    if (this.#query === undefined) return [];
    const found = await objectsOfKey(this.#tools, this.#query, this.#filled, this.#ai);
    return found.map(({ resource }) => resource as Resource).filter(isLive);
  }

  async #byIdentifier(identifier: string): Promise<Resource[]> {
    const { resourceType } = this.#filled.body;
    const system = this.#tools.organization.writePolicy?.identifierSystem ?? '';
    const answer = await this.#ai.search(resourceType, [['identifier', `${system}|${identifier}`]]);
    const page = readSearchset(answer.resource);
    if (page === undefined || page === 'too-many') {
      throw new ExchangeFault('prerequisite-failed', 'created objects could not be searched for', answer.exchange);
    }
    // A server that ignores the parameter returns strangers.
    const ours = page.matches.filter((match) => JSON.stringify(match).includes(`"${identifier}"`));
    return ours.filter((match) => match.id !== undefined && isLive(match));
  }
}

const idOf = (answer: Answer, resourceType: string): string | undefined =>
  (answer.resource?.resourceType === resourceType ? answer.resource.id : undefined) ??
  idOfLocation(answer.headers['location'], resourceType);
