import type { CheckEntry, Finding, Scorecard } from '../model/scorecard.js';
import { joinMarkdown, mark, markdownCode, markdownLink, markdownProse, type Markdown } from './escape.js';
import { mostExchanges, mostFindings, toldChecks, toldFindings } from './findings.js';
import {
  checkName,
  classWords,
  counted,
  effortWords,
  holderWords,
  numberWords,
  outcomeWords,
  ownerWords,
  severityWords,
} from './words.js';

const exchangeWords = ({ id, method, path, status, context }: Finding['exchanges'][number]): Markdown =>
  mark`${markdownCode(id)} ${markdownCode(`${method} ${path}`)} → ${status === 0 ? 'no answer' : status} as ${context}`;

/** The exchanges a finding cites, the first few of them. */
function citedExchanges(exchanges: Finding['exchanges']): Markdown | undefined {
  if (exchanges.length === 0) return undefined;
  const more = exchanges.length - mostExchanges;
  const cited = joinMarkdown(exchanges.slice(0, mostExchanges).map(exchangeWords), '; ');
  return more > 0 ? mark`${cited}; and ${more} more` : cited;
}

function findingLines(check: CheckEntry, finding: Finding): Markdown[] {
  const { text, subject, data, demandedBy, holder, grade } = finding;
  const numbers = numberWords(data);
  const how = [...(grade === null ? [] : [grade]), ...(holder === null ? [] : [`held by ${holderWords[holder]}`])];
  const exchanges = citedExchanges(finding.exchanges);
  const where =
    demandedBy === null
      ? mark``
      : mark` (${demandedBy.document}, ${markdownCode(`${demandedBy.file}:${demandedBy.line}`)})`;
  return [
    mark`- **Observed** at ${markdownCode(subject)}: ${markdownProse(text === '' ? check.prose.failureTitle : text)}${how.length === 0 ? mark`` : mark` (${how.join(', ')})`}`,
    mark`  - Required: ${markdownProse(check.prose.title)}${where}`,
    ...(numbers.length === 0 ? [] : [mark`  - Data: ${numbers.join(', ')}`]),
    ...(exchanges === undefined ? [] : [mark`  - Exchanges: ${exchanges}`]),
  ];
}

function checkSection(check: CheckEntry): Markdown {
  const { prose, outcome, severity, blocks, gap } = check;
  const told = toldFindings(check);
  const title = outcome === 'fail' ? prose.failureTitle : prose.title;
  const more = told.length - mostFindings;
  const lines = [
    mark`### ${markdownCode(checkName(check))} ${markdownProse(title)}`,
    mark``,
    mark`${severityWords[severity]}, ${outcomeWords[outcome]}; most likely lies with: ${classWords[blocks]}. ${markdownProse(prose.why)}`,
    mark``,
    ...told.slice(0, mostFindings).flatMap((finding) => findingLines(check, finding)),
    ...(more > 0 ? [mark`- and ${counted(more, 'more finding')} of this check in the scorecard`] : []),
    ...prose.remedy.map(
      ({ owner, effort, text }) =>
        mark`- **What to do** (${ownerWords[owner]}, ${effortWords[effort]}): ${markdownProse(text)}`,
    ),
    ...(gap === null ? [] : [mark`- Gap: ${gap.control}; ${gap.owner}, until ${gap.until}`]),
    ...(prose.references.length === 0 ? [] : [mark`- See ${joinMarkdown(prose.references.map(markdownLink), ', ')}`]),
  ];
  return joinMarkdown(lines, '\n');
}

/** What failed or holds only with a limit: observed, required, what to do. */
export const findingSections = (scorecard: Scorecard): Markdown[] => toldChecks(scorecard).map(checkSection);
