import { reasonWords } from '../../model/not-measured-words.js';
import type { CheckEntry, Scorecard } from '../../model/scorecard.js';
import { absentChecks, nothingTested, pointsOfThisVersion, questionsByParty, unshownByReason } from '../findings.js';
import { idleGaps, openPointTable, outlookTable } from '../tables.js';
import { checkName, counted, ownerWords, partyWords } from '../words.js';
import { Section, Words, WordTable } from './elements.js';

/** More than this many checks of one reason are folded away. */
const mostOpen = 6;

/** A check this version does not have is known by its id alone. */
const TitledCheck = ({ check }: { readonly check: CheckEntry }) => (
  <li>
    {check.prose.title === check.id ? null : `${check.prose.title} `}
    <code>{checkName(check)}</code>
  </li>
);

function CheckList({ checks }: { readonly checks: readonly CheckEntry[] }) {
  const list = (
    <ul>
      {checks.map((check) => (
        <TitledCheck check={check} />
      ))}
    </ul>
  );
  if (checks.length <= mostOpen) return list;
  return (
    <details>
      <summary>{counted(checks.length, 'check')}</summary>
      {list}
    </details>
  );
}

export function Unshown({ scorecard }: { readonly scorecard: Scorecard }) {
  const groups = unshownByReason(scorecard);
  const absent = absentChecks(scorecard);
  return (
    <Section id="unshown" title="What was not shown, and why">
      {groups.length + absent.length === 0 ? <p>Nothing was left unmeasured.</p> : null}
      {groups.map(({ text, owner, add, checks }) => (
        <div class="group">
          <p>
            <strong>{text}</strong>. Next step, <strong>{ownerWords[owner]}</strong>: {add}.
          </p>
          <CheckList checks={checks} />
        </div>
      ))}
      {absent.length === 0 ? null : (
        <div class="group">
          <p>
            <strong>Nobody has looked at these</strong>: this version of the tool cannot look at them. Look at them by
            other means:
          </p>
          <ul>
            {absent.map((check) => (
              <TitledCheck check={check} />
            ))}
          </ul>
        </div>
      )}
    </Section>
  );
}

export function OpenPoints({ scorecard }: { readonly scorecard: Scorecard }) {
  const points = openPointTable(scorecard);
  const later = pointsOfThisVersion(scorecard);
  const idle = idleGaps(scorecard);
  const { openQuestions } = scorecard.contract;
  return (
    <Section id="open-points" title="Open points and gaps">
      {points === undefined ? (
        <p>No open point that somebody here can own.</p>
      ) : (
        <WordTable caption="Open points" table={points} />
      )}
      {later === 0 ? null : (
        <p>{counted(later, 'point')} more, for want of a check in this version, nobody here can own.</p>
      )}
      {idle.length + openQuestions.length === 0 ? null : (
        <ul>
          {idle.map((gap) => (
            <li>
              <Words of={gap} />
            </li>
          ))}
          {openQuestions.map((text) => (
            <li>open in the contract: {text}</li>
          ))}
        </ul>
      )}
    </Section>
  );
}

/** The questions by whom to ask, numbered through; without any credential they are the result. */
export function Asked({ scorecard }: { readonly scorecard: Scorecard }) {
  const parties = questionsByParty(scorecard);
  const untested = nothingTested(scorecard);
  const startOf = (index: number): number =>
    1 + parties.slice(0, index).reduce((sum, { questions }) => sum + questions.length, 0);
  return (
    <Section id="asked" title="Questions to ask">
      {parties.map(({ owner, questions }, index) => (
        <>
          <h3>For {partyWords[owner]}</h3>
          <ol start={startOf(index)}>
            {questions.map(({ text, check, reason }) => (
              <li>
                {text}{' '}
                <span class="aside">
                  <code>{check}</code>
                  {untested ? null : `; so far, ${reasonWords[reason].text}`}
                </span>
              </li>
            ))}
          </ol>
        </>
      ))}
    </Section>
  );
}

export function Outlook({ scorecard }: { readonly scorecard: Scorecard }) {
  const table = outlookTable(scorecard);
  if (table === undefined) return null;
  return (
    <Section id="outlook" title="What the EHR documents">
      <p>Documented is not measured: nothing here counts as an answer.</p>
      <WordTable caption="Documented, documented absent or unknown" table={table} />
    </Section>
  );
}
