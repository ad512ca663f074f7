import { reasonWords } from '../model/not-measured-words.js';
import { firstRemedy } from '../model/remedy.js';
import type { CheckEntry, Scorecard } from '../model/scorecard.js';
import { coverageWords, keyNumbers } from './answer-numbers.js';
import { joinMarkdown, mark, markdownCode, markdownProse, markdownTable, type Markdown } from './escape.js';
import {
  absentChecks,
  countItems,
  ehrWords,
  failedChecks,
  heldBackBy,
  holdersOf,
  inTheWay,
  lawWords,
  nothingTested,
  openPointWordsOf,
  placeOf,
  pointsOfThisVersion,
  questionsByParty,
  sentenceOf,
  unshownByReason,
} from './findings.js';
import { findingSections } from './markdown-findings.js';
import { narrowingBlocks, nextActions } from './markdown-next.js';
import { markdownOf, markdownPhrase } from './markdown-phrase.js';
import { nothing } from './phrase.js';
import { runFacts } from './run-words.js';
import {
  auditTable,
  cardTable,
  harmWords,
  idleGaps,
  latencyBesides,
  latencyTable,
  logTable,
  lookUpTable,
  openPointTable,
  outlookTable,
  permissionTable,
  safeguardTable,
  sensitivityWords,
  valueBars,
} from './tables.js';
import { answerWords, checkName, counted, effortWords, ownerWords, partyWords, unverifiedWords } from './words.js';

export interface MarkdownOptions {
  /** Read from a scorecard.json alone, without the evidence. */
  readonly unverified?: boolean;
  /** Digest of what the scorecard was computed from, or of the copy. */
  readonly sha256?: string;
}

const block = (...lines: readonly Markdown[]): Markdown => joinMarkdown(lines, '\n');
const section = (title: string, ...blocks: readonly Markdown[]): Markdown =>
  joinMarkdown([mark`## ${title}`, ...blocks], '\n\n');
const none = mark``;

function head(scorecard: Scorecard, options: MarkdownOptions): Markdown {
  const { decision, contract, organization, target, run, operator, policy } = scorecard;
  const product = ehrWords(scorecard);
  const points = openPointWordsOf(scorecard);
  return joinMarkdown(
    [
      ...(options.unverified === true ? [mark`**${unverifiedWords}**`] : []),
      mark`# ${policy.custom ? mark`Custom policy: ` : none}${markdownProse(decision.words)}`,
      mark`**${contract.title ?? contract.id}** (${markdownCode(contract.id)}${contract.version === null ? none : mark` ${contract.version}`}) on **${organization.name}**, ${decision.scope.environment} (${markdownCode(target.environment.origin)})${product === '' ? none : mark`, EHR: ${product}`}. Observed ${run.startedAt} (UTC) by ${operator.who} (${operator.party}), ehr-scorecard ${scorecard.tool.version}, policy ${policy.id} ${policy.version}.`,
      ...(decision.notes.length === 0 ? [] : [mark`Please note: ${markdownProse(decision.notes.join('; '))}.`]),
      mark`${markdownProse(countItems(scorecard).join(', '))}.${points === '' ? none : mark` ${points}.`}`,
    ],
    '\n\n',
  );
}

function answers(scorecard: Scorecard): Markdown {
  const { answers } = scorecard;
  const rows = answers.map((answer) => {
    const { weakestEnvironment } = answer.coverage;
    const numbers = keyNumbers(answer, scorecard);
    return [
      mark`${answer.title}`,
      mark`**${answerWords(answer)}**`,
      mark`${holdersOf(answer)}`,
      mark`${numbers.length === 0 ? none : mark`${numbers.join('; ')}. `}${markdownProse(answer.sentence)}`,
      mark`${coverageWords(answer)}${weakestEnvironment === null ? '' : `, weakest: ${weakestEnvironment}`}`,
    ];
  });
  const depth = answers.flatMap(({ question, details }) => (question === 'write' ? details : []));
  return section(
    'Seven questions',
    markdownTable(['question', 'answer', 'held by', 'in one sentence', 'measured'], rows),
    ...(depth.length === 0
      ? []
      : [
          block(
            ...depth.map(({ label, text }) => mark`- How deep ${markdownCode(label)} goes: ${markdownProse(text)}`),
          ),
        ]),
  );
}

function stops(scorecard: Scorecard): Markdown {
  const { direction } = scorecard;
  const failed = failedChecks(scorecard);
  const way = inTheWay(scorecard);
  const held = heldBackBy(scorecard);
  const items = failed.map((check) => {
    const remedy = firstRemedy(check.blocks, check.prose.remedy);
    const place = placeOf(check);
    const next =
      remedy === undefined
        ? none
        : mark` **${ownerWords[remedy.owner]}** (${effortWords[remedy.effort]}): ${markdownProse(remedy.text)}`;
    return mark`- **${check.prose.failureTitle}** (${markdownCode(checkName(check))}${place === undefined ? none : mark`, ${markdownCode(place)}`}): ${markdownProse(sentenceOf(check))}${next}`;
  });
  return section(
    'What stops go-live',
    failed.length === 0 ? mark`Nothing that was measured failed.` : block(...items),
    ...(held === undefined ? [] : [markdownProse(held)]),
    ...(way === undefined ? [] : [mark`In the way: ${way}.`]),
    ...(direction === null ? [] : [mark`${markdownProse(direction.sentence)}`]),
  );
}

function next(scorecard: Scorecard): Markdown[] {
  const actions = nextActions(scorecard);
  return actions.length === 0 ? [] : [section('What to do next', ...actions)];
}

const narrowed = ({ narrowing }: Scorecard): Markdown[] =>
  narrowing === null ? [] : [section('The same evidence with a narrower contract', ...narrowingBlocks(narrowing))];

/** A check this version does not have is known by its id alone. */
const titledCheck = (check: CheckEntry): Markdown =>
  check.prose.title === check.id
    ? markdownCode(checkName(check))
    : mark`${markdownProse(check.prose.title)} ${markdownCode(checkName(check))}`;

function unshown(scorecard: Scorecard): Markdown {
  const groups = unshownByReason(scorecard);
  const absent = absentChecks(scorecard);
  const items = groups.map(
    ({ text, owner, add, checks }) =>
      mark`- **${text}** (${ownerWords[owner]}: ${add}): ${joinMarkdown(checks.map(titledCheck), '; ')}`,
  );
  return section(
    'What was not shown, and why',
    ...(groups.length + absent.length === 0 ? [mark`Nothing was left unmeasured.`] : []),
    ...(groups.length === 0 ? [] : [block(...items)]),
    ...(absent.length === 0
      ? []
      : [
          mark`**Nobody has looked at these**: this version of the tool cannot look at them. Look at them by other means:`,
          block(...absent.map((check) => mark`- ${titledCheck(check)}`)),
        ]),
  );
}

function openPoints(scorecard: Scorecard): Markdown {
  const points = openPointTable(scorecard);
  const later = pointsOfThisVersion(scorecard);
  const idle = idleGaps(scorecard);
  const { openQuestions } = scorecard.contract;
  return section(
    'Open points and gaps',
    points === undefined ? mark`No open point that somebody here can own.` : markdownOf(points),
    ...(later === 0
      ? []
      : [mark`${counted(later, 'point')} more, for want of a check in this version, nobody here can own.`]),
    ...(idle.length === 0 ? [] : [block(...idle.map((gap) => mark`- ${markdownPhrase(gap)}`))]),
    ...(openQuestions.length === 0
      ? []
      : [block(...openQuestions.map((text) => mark`- open in the contract: ${markdownProse(text)}`))]),
  );
}

function questions(scorecard: Scorecard): Markdown[] {
  const parties = questionsByParty(scorecard);
  if (parties.length === 0) return [];
  let number = 0;
  const asked = ({ owner, questions }: (typeof parties)[number]): Markdown =>
    block(
      mark`**For ${partyWords[owner]}**`,
      none,
      ...questions.map(({ text, check, reason }) => {
        const why = nothingTested(scorecard) ? none : mark`; so far, ${reasonWords[reason].text}`;
        number += 1;
        return mark`${number}. ${markdownProse(text)} (${markdownCode(check)}${why})`;
      }),
    );
  return [section('Questions to ask', ...parties.map(asked))];
}

function outlook(scorecard: Scorecard): Markdown[] {
  const table = outlookTable(scorecard);
  if (table === undefined) return [];
  return [
    section(
      'What the EHR documents',
      mark`Documented is not measured: nothing here counts as an answer.`,
      markdownOf(table),
    ),
  ];
}

function safeguards(scorecard: Scorecard): Markdown[] {
  const table = safeguardTable(scorecard);
  return table === undefined
    ? []
    : [section('HIPAA technical safeguards', markdownOf(table), markdownProse(lawWords(scorecard)))];
}

function cards(scorecard: Scorecard): Markdown[] {
  const table = cardTable(scorecard);
  return table === undefined ? [] : [section('Cards', markdownOf(table))];
}

function audit(scorecard: Scorecard): Markdown[] {
  const [log, lookUps] = [logTable(scorecard), lookUpTable(scorecard)];
  return [
    section('Audit', ...[auditTable(scorecard), ...(log === undefined ? [] : [log])].map(markdownOf)),
    ...(lookUps === undefined ? [] : [section('For the EHR team: look these up in your own log', markdownOf(lookUps))]),
  ];
}

function latencyWithAll(scorecard: Scorecard): Markdown {
  const { head, rows } = latencyTable(scorecard);
  const besides = latencyBesides(scorecard);
  return markdownOf({
    head: [...head, 'besides'],
    rows: rows.map((row, index) => [...row, besides[index] ?? nothing]),
  });
}

const barCharacters = 20;

function business(scorecard: Scorecard): Markdown[] {
  const { value } = scorecard;
  const harm = harmWords(scorecard);
  if (value === null) return harm === undefined ? [] : [section('Business case', markdownProse(harm))];
  const rows = valueBars(scorecard).map(({ depth, minutes, cost, share }) => [
    mark`${depth}`,
    mark`${minutes}`,
    mark`${cost ?? '–'}`,
    mark`${'\u2588'.repeat(Math.round(barCharacters * share))}`,
  ]);
  const moves = sensitivityWords(scorecard);
  return [
    section(
      'Business case',
      markdownTable(['depth', 'minutes a week', 'cost a week', ''], rows),
      markdownProse(value.sentence),
      ...(moves === undefined ? [] : [markdownProse(moves)]),
      ...(harm === undefined ? [] : [markdownProse(harm)]),
    ),
  ];
}

const traffic = (scorecard: Scorecard): Markdown =>
  section(
    'What the run did',
    block(
      ...runFacts(scorecard).flatMap(({ said, under = [] }) => [
        mark`- ${markdownPhrase(said)}`,
        ...under.map((one) => mark`  - ${markdownPhrase(one)}`),
      ]),
    ),
  );

/** The page to forward: decision and scope first, then what a buyer asks, then what an engineer needs. */
export function renderMarkdown(scorecard: Scorecard, options: MarkdownOptions = {}): string {
  const findings = findingSections(scorecard);
  const { latency, matrix, decision } = scorecard;
  const untested = nothingTested(scorecard);
  const page = [
    head(scorecard, options),
    ...(untested ? questions(scorecard) : []),
    answers(scorecard),
    // Where nothing was tested, nothing stops anything and every point is open.
    ...(untested
      ? [unshown(scorecard)]
      : [stops(scorecard), ...next(scorecard), unshown(scorecard), openPoints(scorecard)]),
    ...narrowed(scorecard),
    ...(untested ? [] : questions(scorecard)),
    ...outlook(scorecard),
    ...(latency.length === 0 ? [] : [section('Latency', latencyWithAll(scorecard))]),
    ...cards(scorecard),
    ...(matrix.length === 0 ? [] : [section('Permissions', markdownOf(permissionTable(scorecard)))]),
    ...audit(scorecard),
    ...business(scorecard),
    ...safeguards(scorecard),
    ...(findings.length === 0 ? [] : [section('Findings', ...findings)]),
    traffic(scorecard),
    mark`---`,
    ...(decision.notLookedAt.length === 0
      ? []
      : [mark`Not looked at: ${markdownProse(decision.notLookedAt.join('; '))}.`]),
    mark`${markdownProse(decision.foot)}${options.sha256 === undefined ? none : mark` Computed from ${markdownCode(`sha256:${options.sha256}`)}.`}`,
  ];
  return `${joinMarkdown(page, '\n\n').text}\n`;
}
