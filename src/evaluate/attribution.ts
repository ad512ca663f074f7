import type { EhrProfile } from '../model/documents/ehr-profile.js';
import type { ExchangeLine } from '../model/evidence.js';
import type { FactKind, FactValue } from '../model/fact.js';
import type { AnySubject } from '../model/subject.js';
import { count, rules, type Attribution, type Case } from './attribution-rules.js';
import type { FactLookup } from './fact-lookup.js';
import { byOutcome, type Row } from './rows.js';

/** What may be looked at besides the rows: exchanges that facts cite, facts, and what the EHR's vendor documents. */
export interface Surroundings {
  readonly exchangesById: ReadonlyMap<string, ExchangeLine>;
  readonly subjects: readonly AnySubject[];
  readonly lookup: FactLookup;
  readonly profile: EhrProfile | undefined;
}

const typesOf = (subject: AnySubject): readonly string[] => {
  if (subject.kind === 'resource') return [subject.item.type];
  return subject.kind === 'action' && subject.item.action.resource !== undefined ? [subject.item.action.resource] : [];
};

/** Whose problem it most likely is, by what was recorded (scoring C.6); the check's own class where nothing says otherwise. */
export function attributionOf(row: Row, around: Surroundings): Attribution {
  const own: Attribution = { class: row.blocks, because: null, exchanges: [] };
  if (row.outcome !== 'fail' && row.outcome !== 'not-measured') return own;
  const exchanges = [...around.exchangesById.values()];
  const typesUsed = new Set(around.subjects.flatMap(typesOf));
  const standing = around.profile?.facts?.find((fact) => fact.check === row.check)?.standing;
  const cases = row.judgements
    .filter((judgement) => judgement.outcome === row.outcome)
    .sort(byOutcome)
    .map((judgement): Case => {
      const status = count(judgement.data['status']);
      const cited = judgement.exchanges.flatMap((id) => around.exchangesById.get(id) ?? []);
      const subject = around.subjects.find(({ id }) => id === judgement.subject);
      return {
        row,
        judgement,
        status,
        lines: cited.filter((line) => line.status === status),
        standing,
        typesUsed,
        exchanges,
        subject,
        fact<K extends FactKind>(kind: K) {
          const here = subject === undefined ? undefined : around.lookup(kind, subject);
          return here === undefined || 'missing' in here ? undefined : (here.value as FactValue<K>);
        },
      };
    });
  for (const rule of rules) {
    for (const one of cases) {
      const said = rule(one);
      if (said !== undefined) return said;
    }
  }
  return own;
}
