import { absentTitle } from '../model/absent-titles.js';
import { environmentClasses, weakerGrade, type EnvironmentClass } from '../model/outcome.js';
import { messageText } from '../model/message-text.js';
import { questionIds, type Answer, type AnswerValue, type QuestionId } from '../model/scorecard.js';
import { reasonWords } from './reasons.js';
import { byOutcome, creditOf, isApplicable, isOpen, type Row } from './rows.js';

export const questionTitles: Readonly<Record<QuestionId, string>> = {
  read: 'Can it read the exact objects the workflow needs?',
  write: 'Can it write approved changes back, or only display?',
  latency: 'Is event-to-response fast enough?',
  permissions: 'Are permissions scoped by role, site and workflow?',
  audit: 'Is every read and write logged?',
  resilience: 'What happens on conflict, rollback, error?',
  hipaa: 'Which HIPAA technical safeguards were seen working?',
};
const plainWords: Readonly<Record<AnswerValue, string>> = {
  yes: 'Yes',
  partly: 'Partly',
  no: 'No',
  'not-shown': 'Not shown',
};
const safeguardWords: Readonly<Record<AnswerValue, string>> = {
  yes: 'Seen working',
  partly: 'Partly seen',
  no: 'Not seen working',
  'not-shown': 'Not shown',
};
const environmentWords: Readonly<Record<EnvironmentClass, string>> = {
  simulator: 'on a simulator only',
  'vendor-sandbox': 'in a vendor sandbox only',
  'org-nonprod': 'in a test system only',
  production: 'in production',
};
/** Share of the supporting credit, in hundredths, below which an answer is Partly. */
const supportingCredit = 70;
/** The seventh question rests on these two answers besides its own checks. */
const restsOn: readonly QuestionId[] = ['permissions', 'audit'];

/** An answer before the outlook and the details are added; `rows` stay out of the scorecard. */
export interface AnswerCore {
  readonly question: QuestionId;
  readonly answer: AnswerValue;
  readonly deciding: readonly Row[];
  readonly supporting: readonly Row[];
  /** Rows that keep the answer from Yes. */
  readonly causes: readonly Row[];
  /** Rows that would keep it from Yes if nothing worse did; each is an open point. */
  readonly short: readonly Row[];
  /** Answers it rests on that keep it from Yes. */
  readonly follows: readonly QuestionId[];
}

/** Rows that make an answer Partly. */
function partlyCauses(deciding: readonly Row[], supporting: readonly Row[]): readonly Row[] {
  const missed = creditOf(supporting).percent < supportingCredit;
  const causes = [
    ...deciding.filter((row) => row.outcome === 'warn' || row.limitedTo !== null),
    ...supporting.filter((row) => row.outcome === 'fail' && row.severity === 'major'),
    ...supporting.filter((row) => row.severity === 'blocker' && isOpen(row)),
    ...(missed ? supporting.filter((row) => row.outcome !== 'pass' && row.outcome !== 'warn') : []),
  ];
  // A missed share may rest on warnings and weak grades alone; then every row short of full credit is a cause.
  const weak = missed && causes.length === 0;
  return weak ? supporting.filter((row) => row.outcome === 'warn' || row.credit < 100) : [...new Set(causes)];
}

function judged(question: QuestionId, rows: readonly Row[], earlier: readonly AnswerCore[]): AnswerCore {
  const listed = rows.filter((row) => row.decides.includes(question));
  const deciding = listed.filter(isApplicable);
  const supporting = rows.filter((row) => row.supports.includes(question) && isApplicable(row));
  const under = question === 'hipaa' ? earlier.filter((one) => restsOn.includes(one.question)) : [];
  const open = deciding.filter(isOpen);
  const partly = partlyCauses(deciding, supporting);
  const core = (answer: AnswerValue, causes: readonly Row[]): AnswerCore => ({
    question,
    answer,
    deciding,
    supporting,
    causes,
    short: [...open, ...partly],
    follows: under.filter((one) => one.answer === answer && answer !== 'yes').map((one) => one.question),
  });
  const rests = (answer: AnswerValue) => under.some((one) => one.answer === answer);

  const failed = [
    ...deciding.filter((row) => row.outcome === 'fail'),
    ...supporting.filter((row) => row.outcome === 'fail' && row.severity === 'blocker'),
  ];
  if (failed.length > 0 || rests('no')) return core('no', failed);
  if (open.length > 0 || rests('not-shown') || listed.length === 0) return core('not-shown', open);
  if (partly.length > 0 || rests('partly')) return core('partly', partly);
  return core('yes', []);
}

/** The seven answers, the seventh last because it rests on others. The first matching rule wins. */
export function answersOf(rows: readonly Row[]): AnswerCore[] {
  const cores: AnswerCore[] = [];
  for (const question of questionIds) cores.push(judged(question, rows, cores));
  return cores;
}

/** What a row says of itself in one sentence: its worst finding, or its title. */
export function rowText(row: Row): string {
  const title = row.definition?.title ?? absentTitle(row.check);
  if (row.outcome === 'error') return `${title}: a fault of this tool`;
  const worst = row.judgements
    .filter((one) => one.outcome === row.outcome && one.messageId !== null)
    .sort(byOutcome)[0];
  const message = worst === undefined ? undefined : row.definition?.messages[worst.messageId ?? ''];
  const said = message === undefined ? undefined : messageText(message.text, worst!.data);
  if (row.outcome === 'not-measured') {
    const why = row.reason === null ? 'not measured' : reasonWords[row.reason].text;
    return said === undefined ? `${title}: ${why}` : `${title}: ${why}. ${said}`;
  }
  if (row.outcome === 'fail') return said ?? row.definition?.failureTitle ?? title;
  if (row.limitedTo !== null) return `${title}: ${environmentWords[row.limitedTo]}`;
  return said ?? title;
}

/** Checks named in a sentence; the others are counted. */
const maxTitles = 3;
const isAbsent = (row: Row): boolean => row.reason === 'not-in-this-version';

/** How much was seen, where nothing but the lack of checks keeps an answer from Yes. */
function absentSentence({ answer, deciding, supporting, causes }: AnswerCore): string {
  const [rows, kind] = answer === 'partly' ? [supporting, 'supporting'] : [deciding, 'deciding'];
  const seen = rows.filter((row) => !isOpen(row)).length;
  const titles = causes.slice(0, maxTitles).map((row) => `“${row.definition?.title ?? absentTitle(row.check)}”`);
  const more = causes.length > maxTitles ? ` and ${causes.length - maxTitles} more` : '';
  return `${seen} of ${rows.length} ${kind} checks made; this version cannot make ${titles.join(', ')}${more}.`;
}

function sentence(core: AnswerCore, heldBy: Answer['heldBy']): string {
  // What somebody here can change comes before what this version cannot look at.
  const first = core.causes.find((row) => !isAbsent(row)) ?? core.causes[0];
  if (core.answer === 'yes') {
    const holders = [...new Set(heldBy.map((one) => one.holder))].map((holder) => `the ${holder}`);
    const deciding = `${core.deciding.length} of ${core.deciding.length} deciding checks shown`;
    if (core.deciding.length === 0) return 'The contract asks for nothing here.';
    return holders.length === 0 ? `${deciding}.` : `${deciding}, held by ${holders.join(' and ')}.`;
  }
  if (first !== undefined && isAbsent(first)) return absentSentence(core);
  if (first !== undefined) {
    const more = core.causes.length - 1;
    return more === 0 ? rowText(first) : `${rowText(first).replace(/\.$/, '')} (and ${more} more)`;
  }
  if (core.follows.length > 0) return `Follows: ${core.follows.map((question) => questionTitles[question]).join(' ')}`;
  return 'The policy names no check that decides this.';
}

/** The answer as it stands in the scorecard, without outlook and details. */
export function answerEntry(core: AnswerCore): Omit<Answer, 'outlook' | 'details'> {
  const { question, answer, deciding, supporting } = core;
  const shown = answer === 'yes' || answer === 'partly';
  const gradesSeen = deciding.flatMap((row) => (row.grade === null ? [] : [row.grade]));
  const holders = deciding.flatMap((row) =>
    row.judgements.flatMap(({ holder }) => (holder === null || holder === 'ehr' ? [] : [{ check: row.check, holder }])),
  );
  const heldBy = [...new Map(holders.map((one) => [`${one.check} ${one.holder}`, one])).values()];
  const classes = [...deciding, ...supporting].flatMap((row) => row.judgements.map((one) => one.environmentClass));
  const measured = (rows: readonly Row[]) => rows.filter((row) => !isOpen(row)).length;
  return {
    question,
    title: questionTitles[question],
    answer,
    words: (question === 'hipaa' ? safeguardWords : plainWords)[answer],
    grade: shown && gradesSeen.length > 0 ? gradesSeen.reduce(weakerGrade) : null,
    heldBy,
    sentence: sentence(core, heldBy),
    coverage: {
      deciding: { measured: measured(deciding), total: deciding.length },
      supporting: { measured: measured(supporting), total: supporting.length, credit: creditOf(supporting).percent },
      weakestEnvironment: environmentClasses.find((name) => classes.includes(name)) ?? null,
    },
    causes: core.causes.map((row) => ({
      check: row.check,
      subject: null,
      outcome: row.outcome,
      reason: row.reason,
      text: rowText(row),
    })),
  };
}
