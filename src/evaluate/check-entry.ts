import { absentTitle } from '../model/absent-titles.js';
import { messageText } from '../model/message-text.js';
import type { CheckEntry, Finding } from '../model/scorecard.js';
import type { AnySubject } from '../model/subject.js';
import type { AttributedRow } from './blockers.js';
import type { CeiledJudgement } from './ceilings.js';
import { byOutcome, type Row } from './rows.js';
import type { ScoreInput } from './score-input.js';

const maxExchanges = 20;

/** The exchanges cited, as far as they are known; at most 20. */
export const exchangesOf = (ids: readonly string[], known: ScoreInput['exchangesById']) =>
  ids.slice(0, maxExchanges).flatMap((id) => {
    const line = known.get(id);
    if (line === undefined) return [];
    return [{ id, method: line.method, path: line.path, status: line.status, context: line.context }];
  });

/** A check of a whole document points at the very line itself, in `pointer` and `document`. */
function demandOf(
  demandedBy: AnySubject['demandedBy'],
  { pointer, document = demandedBy.document }: CeiledJudgement['data'],
): AnySubject['demandedBy'] {
  const named = document === 'contract' || document === 'organization' ? document : undefined;
  return typeof pointer === 'string' && named !== undefined ? { document: named, pointer } : demandedBy;
}

function findingOf(row: Row, judgement: CeiledJudgement, input: ScoreInput): Finding {
  const message = judgement.messageId === null ? undefined : row.definition?.messages[judgement.messageId];
  const subject = input.subjects.find((one) => one.id === judgement.subject);
  const demandedBy = subject === undefined ? undefined : demandOf(subject.demandedBy, judgement.data);
  const span = demandedBy === undefined ? undefined : input.spanOf(demandedBy);
  return {
    subject: judgement.subject,
    outcome: judgement.outcome,
    grade: judgement.grade,
    holder: judgement.holder,
    reason: judgement.reason,
    messageId: judgement.messageId,
    messageKind: message?.kind ?? null,
    text: message === undefined ? '' : messageText(message.text, judgement.data),
    data: { ...judgement.data },
    environmentClass: judgement.environmentClass,
    exchanges: exchangesOf(judgement.exchanges, input.exchangesById),
    demandedBy:
      demandedBy === undefined || span === undefined
        ? null
        : { document: demandedBy.document, file: span.file, line: span.line },
  };
}

/** A row as it stands in the scorecard; a renderer needs nothing else of the check. */
export function checkEntry(row: AttributedRow, input: ScoreInput, gap: CheckEntry['gap']): CheckEntry {
  const { definition } = row;
  const sorted = [...row.judgements].sort(byOutcome);
  const holders = sorted.flatMap((one) => (one.holder === null ? [] : [one.holder]));
  return {
    id: row.check,
    part: row.part,
    ruleVersion: definition?.ruleVersion ?? 1,
    outcome: row.outcome,
    grade: row.grade,
    reason: row.reason,
    severity: row.severity,
    blocks: row.blocks,
    holder: holders.find((one) => one !== 'ehr') ?? holders[0] ?? null,
    blockedBy: row.blockedBy,
    settled: row.settled,
    decides: [...row.decides],
    supports: [...row.supports],
    findings: sorted.filter((one) => one.outcome !== 'pass').map((one) => findingOf(row, one, input)),
    shows: sorted
      .filter((one) => one.outcome === 'pass')
      .map((one) => ({
        subject: one.subject,
        grade: one.grade,
        holder: one.holder,
        data: { ...one.data },
        exchanges: exchangesOf(one.exchanges, input.exchangesById),
      })),
    gap,
    prose: {
      title: definition?.title ?? absentTitle(row.check),
      failureTitle: definition?.failureTitle ?? absentTitle(row.check),
      plain: definition?.plain ?? 'This version of the tool cannot look at it.',
      why: definition?.why ?? '',
      ask: definition === undefined ? null : { owner: definition.ask.of, text: definition.ask.text },
      remedy: (definition?.remedy ?? []).map(({ owner, effort, text }) => ({ owner, effort, text })),
      references: [...(definition?.references ?? [])],
      maps: [...(definition?.maps ?? [])],
    },
  };
}
