import type { CheckEntry, Finding, Scorecard } from '../../model/scorecard.js';
import { mostExchanges, mostFindings, toldChecks, toldFindings } from '../findings.js';
import { checkName } from '../words.js';

type Exchange = Finding['exchanges'][number];

export interface CitedExchange {
  readonly exchange: Exchange;
  readonly anchor: string;
  /** Names of the checks whose findings cite it. */
  readonly citedBy: readonly string[];
}

/** Places on the page. They are numbered: an id out of data would put data into an attribute. */
export interface Anchors {
  /** Of the findings of a check; undefined where it has none to tell. */
  finding(check: Pick<CheckEntry, 'id' | 'part'>): string | undefined;
  exchange(id: string): string | undefined;
  /** Every exchange a finding on the page cites, in the order of the findings. */
  readonly exchanges: readonly CitedExchange[];
}

export function anchorsOf(scorecard: Scorecard): Anchors {
  const told = toldChecks(scorecard);
  const findings = new Map(told.map((check, index) => [checkName(check), `finding-${index + 1}`]));
  const cited = new Map<string, { readonly exchange: Exchange; readonly citedBy: Set<string> }>();
  for (const check of told) {
    for (const { exchanges } of toldFindings(check).slice(0, mostFindings)) {
      for (const exchange of exchanges.slice(0, mostExchanges)) {
        const entry = cited.get(exchange.id) ?? { exchange, citedBy: new Set() };
        entry.citedBy.add(checkName(check));
        cited.set(exchange.id, entry);
      }
    }
  }
  const exchanges = [...cited.values()].map(({ exchange, citedBy }, index) => ({
    exchange,
    anchor: `exchange-${index + 1}`,
    citedBy: [...citedBy],
  }));
  const places = new Map(exchanges.map(({ exchange, anchor }) => [exchange.id, anchor]));
  return {
    finding: (check) => findings.get(checkName(check)),
    exchange: (id) => places.get(id),
    exchanges,
  };
}
