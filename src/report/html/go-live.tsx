import { firstRemedy } from '../../model/remedy.js';
import type { CheckEntry, Scorecard } from '../../model/scorecard.js';
import { failedChecks, heldBackBy, inTheWay, placeOf, sentenceOf } from '../findings.js';
import { earnedWords, liesWithPhrase, removedPhrase, strandedPhrase, triedWords, whoWords } from '../next-steps.js';
import { checkName, effortWords, ownerWords } from '../words.js';
import type { Anchors } from './anchors.js';
import { Section, Sign, Words } from './elements.js';

interface StopProps {
  readonly check: CheckEntry;
  readonly scorecard: Scorecard;
  readonly anchors: Anchors;
}

/** The first remedy, or where it stands among the next actions. */
function NextStep({ check, scorecard }: Omit<StopProps, 'anchors'>) {
  const place = scorecard.blockers.findIndex((one) => one.check === check.id && one.outcome === check.outcome);
  const owner = scorecard.blockers[place]?.owner;
  if (owner !== undefined) {
    return (
      <p>
        Next step, <strong>{ownerWords[owner]}</strong>: action {place + 1} below.
      </p>
    );
  }
  const remedy = firstRemedy(check.blocks, check.prose.remedy);
  if (remedy === undefined) return null;
  return (
    <p>
      Next step, <strong>{ownerWords[remedy.owner]}</strong> ({effortWords[remedy.effort]}): {remedy.text}
    </p>
  );
}

function Stop({ check, scorecard, anchors }: StopProps) {
  const place = placeOf(check);
  return (
    <li>
      <h3>
        <Sign tone="bad" /> {check.prose.failureTitle}
      </h3>
      <p>{sentenceOf(check)}</p>
      <NextStep check={check} scorecard={scorecard} />
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

/** Three next actions at most, best first: what, who, and with whom it most likely lies. */
const NextActions = ({ blockers }: { readonly blockers: Scorecard['blockers'] }) => (
  <>
    <h3>What to do next</h3>
    <ol class="actions">
      {blockers.map((blocker) => (
        <li>
          <strong>{blocker.action}</strong> ({whoWords(blocker)}; <code>{blocker.check}</code>){' '}
          <span class="aside">
            <Words of={liesWithPhrase(blocker)} />
          </span>
        </li>
      ))}
    </ol>
  </>
);

/** What failed, what holds the decision back, and what to do next. */
export function GoLive({ scorecard, anchors }: Omit<StopProps, 'check'>) {
  const { blockers, direction } = scorecard;
  const failed = failedChecks(scorecard);
  const way = inTheWay(scorecard);
  const held = heldBackBy(scorecard);
  return (
    <Section id="go-live" title="What stops go-live">
      {failed.length === 0 ? (
        <p>Nothing that was measured failed.</p>
      ) : (
        <ol class="stops">
          {failed.map((check) => (
            <Stop check={check} scorecard={scorecard} anchors={anchors} />
          ))}
        </ol>
      )}
      {held === undefined ? null : <p>{held}</p>}
      {way === undefined ? null : (
        <p>
          <strong>In the way: {way}.</strong>
          {direction === null ? null : ` ${direction.sentence}`}
        </p>
      )}
      {blockers.length === 0 ? null : <NextActions blockers={blockers} />}
    </Section>
  );
}

/** The largest contract that would pass on the same evidence; the parts that go are named first. */
export function Narrower({ narrowing }: { readonly narrowing: NonNullable<Scorecard['narrowing']> }) {
  const { found, removed, decision, reasons, sentence } = narrowing;
  const earned = earnedWords(narrowing);
  const stranded = strandedPhrase(narrowing);
  return (
    <Section id="narrower" title="The same evidence with a narrower contract">
      {removed.length === 0 ? null : (
        <ul>
          {removed.map((one) => (
            <li>
              <Words of={removedPhrase(one)} />
            </li>
          ))}
        </ul>
      )}
      {earned === undefined ? null : <p>{earned}</p>}
      {decision === null ? null : (
        <p>
          <strong>{decision.words}</strong>
        </p>
      )}
      <p>{sentence}</p>
      {reasons.length === 0 ? null : (
        <ul>
          {reasons.map(({ check, text }) => (
            <li>
              {check === null ? null : (
                <>
                  <code>{check}</code>:{' '}
                </>
              )}
              {text}
            </li>
          ))}
        </ul>
      )}
      {stranded === undefined ? null : (
        <p>
          <Words of={stranded} />
        </p>
      )}
      {found === 'not-needed' ? null : <p class="aside">{triedWords(narrowing)}</p>}
    </Section>
  );
}
