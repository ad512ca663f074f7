import type { Missing } from '../../model/fact.js';
import type { FactWriter } from '../fact-writer.js';
import type { ProxyRefusal } from '../observers/proxy-guard.js';
import type { RunDocuments } from '../probe.js';
import type { AnyFold, SeenExchange, SeenStamp } from './fold.js';

/** The folds of one run. A fold that throws is our fault: said once in the evidence, its facts are missing, the run goes on. */
export class Folding {
  readonly #running: { readonly fold: AnyFold; readonly state: unknown; fault?: unknown }[];

  constructor(folds: readonly AnyFold[], documents: RunDocuments) {
    this.#running = folds.map((fold) => ({ fold, state: fold.start(documents) }));
  }

  step(exchange: SeenExchange): void {
    this.#each(({ fold, state }) => fold.step(state, exchange));
  }

  /** A request of the AI system itself. */
  product(exchange: SeenExchange, fault: string | undefined): void {
    this.#each(({ fold, state }) => fold.product?.(state, exchange, fault));
  }

  /** A request of the AI system that was passed on to nobody. */
  refused(refusal: ProxyRefusal): void {
    this.#each(({ fold, state }) => fold.refused?.(state, refusal));
  }

  stamp(stamp: SeenStamp): void {
    this.#each(({ fold, state }) => fold.stamp?.(state, stamp));
  }

  #each(see: (running: { readonly fold: AnyFold; readonly state: unknown }) => void): void {
    for (const running of this.#running) {
      if (running.fault !== undefined) continue;
      try {
        see(running);
      } catch (fault) {
        running.fault = fault ?? true;
      }
    }
  }

  /** Writes what the folds counted, at the subject `run`. */
  async end(facts: FactWriter): Promise<void> {
    for (const { fold, state, fault } of this.#running) {
      const item = { probe: fold, subject: { id: 'run' } };
      const { cites = [], ...brought } = await this.#ended(fold, state, fault, async (error) => {
        const gone: Missing = await facts.fault(item, error);
        return Object.fromEntries(fold.brings.map((kind) => [kind, gone]));
      });
      await facts.brought(item, brought, cites as readonly string[]);
    }
  }

  async #ended(
    fold: AnyFold,
    state: unknown,
    fault: unknown,
    instead: (error: unknown) => Promise<Readonly<Record<string, unknown>>>,
  ): Promise<Readonly<Record<string, unknown>>> {
    if (fault !== undefined) return instead(fault);
    try {
      return fold.end(state);
    } catch (error) {
      return instead(error);
    }
  }
}
