import type { Scorecard } from '../model/scorecard.js';
import { joinMarkdown, mark, markdownCode, markdownProse, type Markdown } from './escape.js';
import { markdownPhrase } from './markdown-phrase.js';
import {
  earnedWords,
  liesWithPhrase,
  reasonPhrase,
  removedPhrase,
  strandedPhrase,
  triedWords,
  whoWords,
} from './next-steps.js';

const block = (lines: readonly Markdown[]): Markdown => joinMarkdown(lines, '\n');

/** Three next actions at most, as the blocks of a section. */
export const nextActions = ({ blockers }: Scorecard): Markdown[] =>
  blockers.length === 0
    ? []
    : [
        block(
          blockers.map(
            (blocker, index) =>
              mark`${index + 1}. **${markdownProse(blocker.action)}** (${markdownCode(blocker.check)}; ${whoWords(blocker)}) ${markdownPhrase(liesWithPhrase(blocker))}`,
          ),
        ),
      ];

/** The largest contract that would pass on the same evidence, as the blocks of a section. */
export function narrowingBlocks(narrowing: NonNullable<Scorecard['narrowing']>): Markdown[] {
  const { removed, decision, reasons, sentence } = narrowing;
  const earned = earnedWords(narrowing);
  const tried = triedWords(narrowing);
  const stranded = strandedPhrase(narrowing);
  return [
    ...(removed.length === 0 ? [] : [block(removed.map((one) => mark`- ${markdownPhrase(removedPhrase(one))}`))]),
    ...(earned === undefined ? [] : [mark`${earned}`]),
    ...(decision === null ? [] : [mark`**${markdownProse(decision.words)}**`]),
    mark`${markdownProse(sentence)}`,
    ...(reasons.length === 0 ? [] : [block(reasons.map((one) => mark`- ${markdownPhrase(reasonPhrase(one))}`))]),
    ...(stranded === undefined ? [] : [markdownPhrase(stranded)]),
    ...(tried === undefined ? [] : [mark`${tried}`]),
  ];
}
