import { clockToleranceMs } from '../model/audit-access.js';
import type { AiLogCard } from '../model/documents/ai-log.js';
import { missing, type FactValue, type Missing } from '../model/fact.js';
import { mostCards } from '../model/facts/product-log.js';
import { compareCodeUnits } from '../model/order.js';

type CardOutcomes = FactValue<'card-outcomes'>;
type Seen = Pick<AiLogCard, 'service' | 'outcome'>;

const mostServices = 100;

/** Counts what became of the cards a log tells of; those of the time of the run are this tool's own. */
export class CardTally {
  readonly #run: { readonly fromMs: number; readonly toMs: number };
  readonly #cards = new Map<string, Seen>();
  #ofRun = 0;
  #fromMs = Number.POSITIVE_INFINITY;
  #toMs = Number.NEGATIVE_INFINITY;

  constructor(run: { readonly fromMs: number; readonly toMs: number }) {
    this.#run = run;
  }

  note({ service, card, outcome }: AiLogCard, atMs: number): void {
    const { fromMs, toMs } = this.#run;
    if (atMs >= fromMs - clockToleranceMs && atMs <= toMs + clockToleranceMs) {
      this.#ofRun += 1;
      return;
    }
    this.#fromMs = Math.min(this.#fromMs, atMs);
    this.#toMs = Math.max(this.#toMs, atMs);
    const key = JSON.stringify([service, card]);
    const before = this.#cards.get(key);
    // Lines of one moment may come in any order: who has answered has seen the card.
    if (before !== undefined && outcome === 'shown') return;
    if (before !== undefined || this.#cards.size <= mostCards) this.#cards.set(key, { service, outcome });
  }

  get outcomes(): CardOutcomes | Missing {
    if (this.#cards.size > mostCards) return missing('too-many', `the log tells of more than ${mostCards} cards`);
    const services = new Map<string, CardOutcomes['services'][number]>();
    for (const { service, outcome } of this.#cards.values()) {
      const { shown, accepted, overridden } = services.get(service) ?? { shown: 0, accepted: 0, overridden: 0 };
      services.set(service, {
        service,
        shown: shown + 1,
        accepted: accepted + (outcome === 'accepted' ? 1 : 0),
        overridden: overridden + (outcome === 'overridden' ? 1 : 0),
      });
    }
    if (services.size > mostServices) return missing('too-many', `the log names more than ${mostServices} services`);
    const none = this.#cards.size === 0;
    return {
      ofRun: this.#ofRun,
      from: none ? null : new Date(this.#fromMs).toISOString(),
      to: none ? null : new Date(this.#toMs).toISOString(),
      services: [...services.values()].sort((a, b) => compareCodeUnits(a.service, b.service)),
    };
  }
}
