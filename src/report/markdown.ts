import { reasonWords } from '../model/not-measured-words.js';
import { firstRemedy } from '../model/remedy.js';
import type { CheckEntry, Scorecard } from '../model/scorecard.js';
import { joinMarkdown, mark, markdownCode, markdownProse, markdownTable, type Markdown } from './escape.js';
import { coverageWords, keyNumbers } from './answer-numbers.js';
import {
  absentChecks,
  failedChecks,
  inTheWay,
  nothingTested,
  openPointWordsOf,
  placeOf,
  questionsByParty,
  sentenceOf,
  unshownByReason,
} from './findings.js';
import { findingSections } from './markdown-findings.js';
import {
  auditTable,
  latencyTable,
  logTable,
  lookUpTable,
  permissionTable,
  safeguardTable,
  valueTable,
} from './markdown-tables.js';
import { partsWords, writtenWords } from './run-words.js';
import {
  answerWords,
  checkName,
  counted,
  effortWords,
  gapStateWords,
  holderWords,
  listed,
  openPointWords,
  outlookWords,
  ownerWords,
  partyWords,
  unverifiedWords,
} from './words.js';

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
  const { ehr } = target;
  const product = [ehr.vendor, ehr.product, ehr.version].filter((one) => one !== null).join(' ');
  const { counts } = decision;
  const absent = absentChecks(scorecard).length;
  const points = openPointWordsOf(scorecard);
  return joinMarkdown(
    [
      ...(options.unverified === true ? [mark`**${unverifiedWords}**`] : []),
      mark`# ${policy.custom ? mark`Custom policy: ` : none}${markdownProse(decision.words)}`,
      mark`**${contract.title ?? contract.id}** (${markdownCode(contract.id)}${contract.version === null ? none : mark` ${contract.version}`}) on **${organization.name}**, ${decision.scope.environment} (${markdownCode(target.environment.origin)})${product === '' ? none : mark`, EHR: ${product}`}. Observed ${run.startedAt} (UTC) by ${operator.who} (${operator.party}), ehr-scorecard ${scorecard.tool.version}, policy ${policy.id} ${policy.version}.`,
      ...(decision.notes.length === 0 ? [] : [mark`Please note: ${markdownProse(decision.notes.join('; '))}.`]),
      mark`${counted(counts.blockersFailed, 'blocker')} failed, ${counted(counts.majorsFailed, 'major')} failed, ${counted(counts.notShown, 'check')} not shown${absent === 0 ? none : mark` (${absent} of them not in this version)`}, ${counts.warnings} shown with a limit, ${counts.passed} shown, ${counts.notApplicable} not applicable.${points === '' ? none : mark` ${points}.`}`,
    ],
    '\n\n',
  );
}

function answers(scorecard: Scorecard): Markdown {
  const { answers } = scorecard;
  const rows = answers.map((answer) => {
    const { weakestEnvironment } = answer.coverage;
    const numbers = keyNumbers(answer, scorecard);
    const holders = [...new Set(answer.heldBy.map(({ holder }) => holderWords[holder]))];
    return [
      mark`${answer.title}`,
      mark`**${answerWords(answer)}**`,
      mark`${listed(holders) || (answer.grade === null ? '' : holderWords.ehr)}`,
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
  const failed = failedChecks(scorecard);
  const way = inTheWay(scorecard);
  const items = failed.map((check) => {
    const remedy = firstRemedy(check.blocks, check.prose.remedy);
    const place = placeOf(check);
    const next =
      remedy === undefined
        ? none
        : mark` **${ownerWords[remedy.owner]}** (${effortWords[remedy.effort]}): ${markdownProse(remedy.text)}`;
    return mark`- **${check.prose.failureTitle}** (${markdownCode(checkName(check))}${place === undefined ? none : mark`, ${markdownCode(place)}`}): ${markdownProse(sentenceOf(check))}${next}`;
  });
  const rest = scorecard.blockers.filter(({ check }) => !failed.some(({ id }) => id === check));
  const actions = rest.map(({ owner, action, unlocks, check }) => {
    const after = unlocks.length === 0 ? none : mark`; then ${counted(unlocks.length, 'check')} can be judged`;
    return mark`- next, **${ownerWords[owner]}**: ${markdownProse(action)} (${markdownCode(check)}${after})`;
  });
  return section(
    'What stops go-live',
    failed.length === 0 ? mark`Nothing that was measured failed.` : block(...items),
    ...(way === undefined ? [] : [mark`In the way: ${way}.`]),
    ...(actions.length === 0 ? [] : [block(...actions)]),
  );
}

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

function openPoints({ decision, gaps, contract }: Scorecard): Markdown {
  const absent = decision.openPoints.filter(({ why, gap }) => why === 'not-in-this-version' && gap === null);
  const owned = decision.openPoints.filter((point) => !absent.includes(point));
  const points = owned.map(({ check, why, text, gap }) => [
    markdownCode(check),
    mark`${openPointWords[why]}`,
    markdownProse(text),
    gap === null ? mark`none` : mark`${gap.control}`,
    gap === null ? none : mark`${gap.owner}`,
    gap === null ? none : mark`${gap.until}`,
  ]);
  const idle = gaps.filter(({ state }) => state !== 'used');
  return section(
    'Open points and gaps',
    points.length === 0
      ? mark`No open point that somebody here can own.`
      : markdownTable(['check', 'why open', 'what', 'meanwhile', 'owner', 'until'], points),
    ...(absent.length === 0
      ? []
      : [mark`${counted(absent.length, 'point')} more, for want of a check in this version, nobody here can own.`]),
    ...(idle.length === 0
      ? []
      : [
          block(
            ...idle.map(
              ({ check, owner, until, state }) =>
                mark`- gap for ${markdownCode(check)} (${owner}, until ${until}): ${gapStateWords[state]}`,
            ),
          ),
        ]),
    ...(contract.openQuestions.length === 0
      ? []
      : [block(...contract.openQuestions.map((text) => mark`- open in the contract: ${markdownProse(text)}`))]),
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

function outlook({ answers }: Scorecard): Markdown[] {
  const rows = answers.flatMap((answer) =>
    answer.outlook.map(({ need, state, source, date }) => [
      mark`${answer.title}`,
      markdownProse(need),
      mark`${outlookWords[state]}`,
      mark`${source ?? 'no source'}${date === null ? '' : `, ${date}`}`,
    ]),
  );
  if (rows.length === 0) return [];
  return [
    section(
      'What the EHR documents',
      mark`Documented is not measured: nothing here counts as an answer.`,
      markdownTable(['question', 'need', 'state', 'source'], rows),
    ),
  ];
}

function safeguards(scorecard: Scorecard): Markdown[] {
  const table = safeguardTable(scorecard);
  const { asOf, unknown } = scorecard.regulatory;
  const dated = `Required and addressable as in 45 CFR 164.312, as of ${asOf ?? 'no stated date'}, unverified after`;
  const open = unknown.length === 0 ? '.' : `; look up before relying on this: ${listed(unknown)}.`;
  return table === undefined ? [] : [section('HIPAA technical safeguards', table, mark`${dated}${open}`)];
}

function audit(scorecard: Scorecard): Markdown[] {
  const [log, lookUps] = [logTable(scorecard), lookUpTable(scorecard)];
  return [
    section('Audit', auditTable(scorecard), ...(log === undefined ? [] : [log])),
    ...(lookUps === undefined ? [] : [section('For the EHR team: look these up in your own log', lookUps)]),
  ];
}

function business(scorecard: Scorecard): Markdown[] {
  const { value } = scorecard;
  const bars = valueTable(scorecard);
  if (value === null || bars === undefined) return [];
  const { percent, inputs } = value.sensitivity;
  const moves = inputs.map(
    ({ input, lowHundredths, highHundredths }) =>
      `${inputWords[input]} ${Math.round(lowHundredths / 100)} to ${Math.round(highHundredths / 100)}`,
  );
  return [
    section(
      'Business case',
      bars,
      mark`${markdownProse(value.sentence)}`,
      ...(value.notYetEarnedHundredths === 0
        ? []
        : [
            mark`Minutes not yet earned when one number is ${percent} % less or more than stated: ${moves.join('; ')}. Arithmetic on stated numbers, no forecast.`,
          ]),
    ),
  ];
}

const inputWords = {
  volumePerWeek: 'volume',
  handMinutes: 'minutes by hand',
  errorRateManual: 'share of errors',
  cleanupMinutes: 'minutes to clean up',
} as const;

/** A run that was mostly refused, or found nothing, has seen little whatever else it says. */
function answeredWords(validity: NonNullable<Scorecard['validity']>): string {
  const { answers, unauthorized, forbidden, notFound, throttled, searches, emptySearches } = validity;
  const refused = `${unauthorized} of ${answers} answers were 401, ${forbidden} 403, ${notFound} 404, ${throttled} 429`;
  return `${refused}; ${emptySearches} of ${searches} searches brought nothing (refusals and empty answers that were tried on purpose included)`;
}

function traffic(scorecard: Scorecard): Markdown {
  const { run, residue, hosts, checks, redaction, maturity, validity } = scorecard;
  const { requests } = run;
  const parts = partsWords(scorecard);
  const aside = checks
    .filter((check) => check.outcome === 'not-applicable')
    .map((check) => markdownCode(checkName(check)));
  return section(
    'What the run did',
    block(
      mark`- ${counted(requests.sent, 'request')}, ${requests.planned} allowed by the plan, ${requests.unavailable} without an answer; hosts: ${joinMarkdown(hosts.map(markdownCode), ', ')}`,
      ...(parts === undefined ? [] : [mark`- ${parts}`]),
      ...(validity === null ? [] : [mark`- ${answeredWords(validity)}`]),
      mark`- ${writtenWords(scorecard)}`,
      ...residue.map(
        ({ resourceType, id, reason }) => mark`  - left: ${markdownCode(`${resourceType}/${id}`)} (${reason})`,
      ),
      mark`- ${redaction.phi === 'may-contain' ? 'patients by alias; keep as PHI' : 'synthetic patients, by alias'}`,
      mark`- maturity evidenced: ${maturity.evidenced} of 4 (${maturity.name})${maturity.claimed === null ? '' : `, claimed: ${maturity.claimed}`}`,
      ...(aside.length === 0 ? [] : [mark`- does not apply: ${joinMarkdown(aside, ' ')}`]),
      mark`- run ${markdownCode(run.id)}, plan ${markdownCode(run.planSha256.slice(0, 16))}, seed ${markdownCode(run.seed)}`,
      ...run.inputs.map(({ role, name, sha256 }) => mark`- ${role}: ${markdownCode(name)} ${markdownCode(sha256)}`),
    ),
  );
}

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
    ...(untested ? [unshown(scorecard)] : [stops(scorecard), unshown(scorecard), openPoints(scorecard)]),
    ...(untested ? [] : questions(scorecard)),
    ...outlook(scorecard),
    ...(latency.length === 0 ? [] : [section('Latency', latencyTable(scorecard))]),
    ...(matrix.length === 0 ? [] : [section('Permissions', permissionTable(scorecard))]),
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
