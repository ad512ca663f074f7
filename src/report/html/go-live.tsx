import { firstRemedy } from '../../model/remedy.js';
import type { CheckEntry, Scorecard } from '../../model/scorecard.js';
import { failedChecks, heldBackBy, inTheWay, placeOf, sentenceOf } from '../findings.js';
import { checkName, counted, effortWords, ownerWords } from '../words.js';
import type { Anchors } from './anchors.js';
import { Section, Sign } from './elements.js';

interface StopProps {
  readonly check: CheckEntry;
  readonly anchors: Anchors;
}

function Stop({ check, anchors }: StopProps) {
  const remedy = firstRemedy(check.blocks, check.prose.remedy);
  const place = placeOf(check);
  return (
    <li>
      <h3>
        <Sign tone="bad" /> {check.prose.failureTitle}
      </h3>
      <p>{sentenceOf(check)}</p>
      {remedy === undefined ? null : (
        <p>
          Next step, <strong>{ownerWords[remedy.owner]}</strong> ({effortWords[remedy.effort]}): {remedy.text}
        </p>
      )}
      <p class="basis">
        <span>
          <a href={`#${anchors.finding(check)}`}>{checkName(check)}</a>
        </span>
        {place === undefined ? null : (
          <span>
            asked at <code>{place}</code>
          </span>
        )}
      </p>
    </li>
  );
}

/** What failed, by whom it is solved first, and the next actions that are no remedy of it. */
export function GoLive({ scorecard, anchors }: { readonly scorecard: Scorecard; readonly anchors: Anchors }) {
  const failed = failedChecks(scorecard);
  const way = inTheWay(scorecard);
  const held = heldBackBy(scorecard);
  const rest = scorecard.blockers.filter(({ check }) => !failed.some(({ id }) => id === check));
  return (
    <Section id="go-live" title="What stops go-live">
      {failed.length === 0 ? (
        <p>Nothing that was measured failed.</p>
      ) : (
        <ol class="stops">
          {failed.map((check) => (
            <Stop check={check} anchors={anchors} />
          ))}
        </ol>
      )}
      {held === undefined ? null : <p>{held}</p>}
      {way === undefined ? null : <p class="way">In the way: {way}.</p>}
      {rest.length === 0 ? null : (
        <>
          <h3>{failed.length === 0 ? 'Next actions' : 'Also next'}</h3>
          <ol>
            {rest.map(({ owner, effort, action, unlocks, check }) => (
              <li>
                <strong>{ownerWords[owner]}</strong> ({effortWords[effort]}): {action} (<code>{check}</code>
                {unlocks.length === 0 ? null : `; then ${counted(unlocks.length, 'check')} can be judged`})
              </li>
            ))}
          </ol>
        </>
      )}
    </Section>
  );
}
