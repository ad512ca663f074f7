import { noAnswerAfterBudgets, type Sample } from '../../model/latency-series.js';
import { missing, type Missing } from '../../model/fact.js';
import {
  endSubscription,
  makeSubscription,
  settledSubscription,
  subscriptionBody,
  whyNotSubscribed,
} from '../event-subscription.js';
import { causableEvent } from '../caused-event.js';
import type { Heard, Inbox } from '../notification-inbox.js';
import type { ProbeTools } from '../probe.js';
import type { Lane } from './lane.js';
import type { TrackLog } from './track-log.js';

/** Between these two moments the event happened, on the monotonic clock. */
interface Moment {
  readonly earliestMs: number;
  readonly latestMs: number;
}

const checkEveryMs = 250;

/** Notifications of the events a series causes, at a listener and a Subscription of its own. */
export class Deliveries {
  readonly #tools: ProbeTools;
  readonly #inbox: Inbox;
  readonly #subscription: string;
  readonly #lane: Lane;

  private constructor(tools: ProbeTools, inbox: Inbox, subscription: string, lane: Lane) {
    this.#tools = tools;
    this.#inbox = inbox;
    this.#subscription = subscription;
    this.#lane = lane;
  }

  /** Subscribes to the trigger's event for all patients of a series; missing when that cannot be had. */
  static async open(tools: ProbeTools, triggerId: string, lane: Lane): Promise<Deliveries | Missing> {
    const channel = tools.organization.channels?.[triggerId];
    const event = causableEvent(
      tools,
      tools.contract.triggers?.find(({ id }) => id === triggerId),
    );
    if (channel === undefined || event === undefined) return missing('undecided', 'no channel carries this event');
    const why = await whyNotSubscribed(tools, channel);
    if (why !== undefined) return why;
    const patients = tools.cases.seriesPatients();
    await Promise.all(patients.map((patient) => tools.cases.proven(patient)));
    const inbox = await tools.listen(channel.listener ?? 'subscription');
    if ('missing' in inbox) return inbox;
    const { endpoint, header } = inbox;
    const { id } = await makeSubscription(
      tools,
      subscriptionBody({ channel, event, patients, endpoint, header }, tools.now()),
    );
    const settled = id === undefined ? undefined : await settledSubscription(tools, id, ['active', 'error']);
    if (id !== undefined && settled?.status === 'active') return new Deliveries(tools, inbox, id, lane);
    await endSubscription(tools, id);
    await inbox.close();
    return missing('control-failed', 'the Subscription did not become active');
  }

  /** How long it took until the notification about this record arrived. */
  async settle(index: number, reference: string, at: Moment, log: TrackLog): Promise<void> {
    const untilMs = noAnswerAfterBudgets * log.track.target.budgetMs;
    const about = ({ kind, named }: Heard): boolean => kind === 'event' && named.includes(reference);
    for (;;) {
      const first = this.#inbox.heard.find(about);
      if (first !== undefined) {
        const { receivedAtMs } = first;
        const sample: Sample = [Math.max(0, receivedAtMs - at.latestMs), Math.max(0, receivedAtMs - at.earliestMs)];
        return log.settle(index, sample, { lateMs: this.#lane.lateBetween(at.latestMs, receivedAtMs) });
      }
      const silentMs = Math.max(0, performance.now() - at.latestMs);
      log.soFar(index, [silentMs, null]);
      if (log.closed.aborted) return;
      if (silentMs >= untilMs) return log.fail(index);
      await this.#inbox.until((heard) => heard.some(about), Math.min(checkEveryMs, untilMs - silentMs));
    }
  }

  async close(): Promise<void> {
    try {
      await endSubscription(this.#tools, this.#subscription);
    } finally {
      await this.#inbox.close();
    }
  }
}
