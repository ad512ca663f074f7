import type { Scorecard } from '../model/scorecard.js';
import { code, joined, nothing, phrase, prose, type Phrase } from './phrase.js';
import { classWords, counted, effortWords, grouped, ownerWords, partyWords } from './words.js';

// What to do next, and what a smaller contract would get: words every format prints.

type Blocker = Scorecard['blockers'][number];
type Narrowing = NonNullable<Scorecard['narrowing']>;

/** Exchanges named in a sentence; the others stand with the finding. */
const mostExchanges = 3;

export const theOwner = (owner: Blocker['owner']): string =>
  owner in partyWords
    ? partyWords[owner as keyof typeof partyWords]
    : owner === 'operator'
      ? ownerWords[owner]
      : `the ${ownerWords[owner]}`;

/** "EHR team, some effort; then 2 checks can be judged" */
export function whoWords({ owner, effort, unlocks }: Blocker): string {
  const after = unlocks.length === 0 ? '' : `; then ${counted(unlocks.length, 'check')} can be judged`;
  return `${ownerWords[owner]}, ${effortWords[effort]}${after}`;
}

/** Whom it most likely lies with, and the exchanges that say so; nothing more is known of what was not shown. */
export function liesWithPhrase({ outcome, liesWith, class: blocks, because, exchanges }: Blocker): Phrase {
  const of = outcome === 'fail' || because !== null ? phrase` (${classWords[blocks]})` : nothing;
  const why = because === null ? nothing : phrase`: ${prose(because)}`;
  const alike = new Map(exchanges.map((one) => [`${one.method} ${one.path} ${one.status}`, one.id] as const).reverse());
  const shown = [...alike].reverse().slice(0, mostExchanges);
  const more = exchanges.length - shown.length;
  const named = shown.map(([request, id]) => code(`${id} ${request}`));
  const cited =
    shown.length === 0 ? nothing : phrase`; ${joined(named, ', ')}${more === 0 ? nothing : phrase` and ${more} more`}`;
  return phrase`Most likely lies with ${theOwner(liesWith)}${of}${why}${cited}.`;
}

const minutes = (inHundredths: number): string => grouped(Math.round(inHundredths / 100));

/** "action book only suggests; its undo and the budgets booking and read-after-write go with it" */
export function removedPhrase({ part, id, was, becomes, undo, budgets }: Narrowing['removed'][number]): Phrase {
  const gone = [
    ...(undo ? [phrase`its undo`] : []),
    ...(budgets.length === 0
      ? []
      : [phrase`the ${budgets.length === 1 ? 'budget' : 'budgets'} ${joined(budgets.map(code), ', ')}`]),
  ];
  const what =
    becomes === 'suggest'
      ? phrase`action ${code(id)} only suggests (${was} in the contract)`
      : phrase`${part} ${code(id)} is gone (${was})`;
  return gone.length === 0 ? what : phrase`${what}; with it ${joined(gone, ' and ')}`;
}

/** What the removed parts no longer earn, and what is left; undefined where the business case states no minutes. */
export function earnedWords({ minutes: stated }: Narrowing): string | undefined {
  if (stated === null) return undefined;
  const { noLongerEarnedHundredths, earnedHundredths, promisedHundredths, assumption } = stated;
  const guess = assumption ? ' (assumption: the baseline has no source in date)' : '';
  return `No longer earned: ${minutes(noLongerEarnedHundredths)} of ${minutes(promisedHundredths)} minutes a week; earned on this evidence: ${minutes(earnedHundredths)}${guess}.`;
}

/** Entries of the organization file that have to go too; undefined where there is none. */
export const strandedPhrase = ({ organization }: Narrowing): Phrase | undefined =>
  organization.length === 0
    ? undefined
    : phrase`Take out of the organization file: ${joined(organization.map(code), ', ')}.`;

/** What stands in the way of the nearest one; an open point would be covered by a gap in the organization file. */
export function reasonPhrase({ code: kind, check, text }: Narrowing['reasons'][number]): Phrase {
  const named = check === null ? nothing : phrase`${code(check)}: `;
  return phrase`${named}${prose(text)}${kind === 'gap-missing' ? phrase` (open; no gap covers it)` : nothing}`;
}

/** How far it was looked for; undefined where the sentence says it. */
export const triedWords = ({ found, tried, steps, how }: Narrowing): string | undefined =>
  found !== 'narrower'
    ? undefined
    : `Found among ${counted(steps, 'part')} that can go, ${how === 'one-at-a-time' ? 'taken one at a time' : 'in every combination'}; ${counted(tried, 'smaller contract')} had to be judged.`;
