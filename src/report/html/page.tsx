import { createHash } from 'node:crypto';
import { renderToString } from 'preact-render-to-string';
import type { Scorecard } from '../../model/scorecard.js';
import { lawWords, nothingTested, toldChecks } from '../findings.js';
import { runFacts } from '../run-words.js';
import { auditTable, cardTable, logTable, lookUpTable, outlookTable, safeguardTable } from '../tables.js';
import { anchorsOf, type Anchors } from './anchors.js';
import { BehindAnswers } from './behind-answers.js';
import { BusinessCase } from './business-case.js';
import { Section, Words, WordTable } from './elements.js';
import { Exchanges, Findings } from './findings.js';
import { GoLive, Narrower } from './go-live.js';
import { Latency } from './latency.js';
import { Asked, OpenPoints, Outlook, Unshown } from './open-items.js';
import { Permissions } from './permissions.js';
import { Questions } from './questions.js';
import { readable } from './readable.js';
import { style } from './style.js';
import { Verdict } from './verdict.js';

export interface HtmlOptions {
  /** Read from a scorecard.json alone, without the evidence. */
  readonly unverified?: boolean;
  /** Digest of what the scorecard was computed from, or of the copy. */
  readonly sha256?: string;
}

/** Nothing is loaded, nothing runs, and only our own style applies, whatever might stand in the page. */
const policy = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'; img-src data:`;

function Audit({ scorecard }: { readonly scorecard: Scorecard }) {
  const [checks, log, lookUps] = [auditTable(scorecard), logTable(scorecard), lookUpTable(scorecard)];
  return (
    <Section id="audit" title="Audit">
      {log === undefined ? (
        <p>No log was read.</p>
      ) : (
        <WordTable caption="What the log held of what was sent" table={log} />
      )}
      {checks.rows.length === 0 ? null : <WordTable caption="Audit checks" table={checks} />}
      {lookUps === undefined ? null : (
        <>
          <h3>For the EHR team: look these up in your own log</h3>
          <WordTable caption="Exchanges to look up" table={lookUps} />
        </>
      )}
    </Section>
  );
}

function Cards({ scorecard }: { readonly scorecard: Scorecard }) {
  const table = cardTable(scorecard);
  if (table === undefined) return null;
  return (
    <Section id="cards" title="Cards">
      <WordTable caption="Cards each service gave, and what people made of them" table={table} />
    </Section>
  );
}

function Safeguards({ scorecard }: { readonly scorecard: Scorecard }) {
  const table = safeguardTable(scorecard);
  if (table === undefined) return null;
  return (
    <Section id="safeguards" title="HIPAA technical safeguards">
      <p>{lawWords(scorecard)}</p>
      <WordTable caption="Safeguards and the checks mapped to them" table={table} />
    </Section>
  );
}

const RunFacts = ({ scorecard }: { readonly scorecard: Scorecard }) => (
  <Section id="run" title="What the run did">
    <ul>
      {runFacts(scorecard).map(({ said, under = [] }) => (
        <li>
          <Words of={said} />
          {under.length === 0 ? null : (
            <ul>
              {under.map((one) => (
                <li>
                  <Words of={one} />
                </li>
              ))}
            </ul>
          )}
        </li>
      ))}
    </ul>
  </Section>
);

/** What stands below the summary, in order: the name in the list of contents, its place, and whether there is any. */
const chapters = (scorecard: Scorecard, anchors: Anchors) => {
  const untested = nothingTested(scorecard);
  const all: readonly (readonly [id: string, name: string, present: boolean])[] = [
    ['unshown', 'What was not shown', true],
    ['open-points', 'Open points', !untested],
    ['narrower', 'A narrower contract', scorecard.narrowing !== null],
    ['asked', 'Questions to ask', !untested && scorecard.questions.length > 0],
    ['findings', 'Findings', toldChecks(scorecard).length > 0],
    ['behind', 'Checks behind each answer', true],
    ['latency', 'Latency', scorecard.latency.length > 0],
    ['cards', 'Cards', cardTable(scorecard) !== undefined],
    ['permissions', 'Permissions', scorecard.matrix.length > 0],
    ['audit', 'Audit', true],
    ['business-case', 'Business case', scorecard.value !== null || scorecard.harm !== null],
    ['safeguards', 'HIPAA safeguards', safeguardTable(scorecard) !== undefined],
    ['outlook', 'What the EHR documents', outlookTable(scorecard) !== undefined],
    ['exchanges', 'Exchanges', anchors.exchanges.length > 0],
    ['run', 'What the run did', true],
  ];
  return all.flatMap(([id, name, present]) => (present ? [{ id, name }] : []));
};

interface PageProps {
  readonly scorecard: Scorecard;
  readonly options: HtmlOptions;
}

function Page({ scorecard, options }: PageProps) {
  const { decision, contract, organization } = scorecard;
  const anchors = anchorsOf(scorecard);
  const untested = nothingTested(scorecard);
  const contents = chapters(scorecard, anchors);
  const has = (id: string): boolean => contents.some((chapter) => chapter.id === id);
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content={policy} />
        <meta name="referrer" content="no-referrer" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>
          {decision.words} | {contract.id} on {organization.name}
        </title>
        <link rel="icon" href="data:," />
        {/* The one place where text is not escaped: it is ours, and its digest stands in the policy above. */}
        <style dangerouslySetInnerHTML={{ __html: style }} />
      </head>
      <body>
        <a class="skip" href="#main">
          Skip to the decision
        </a>
        <header class="masthead">
          <strong>Pilot scorecard</strong> <span>{organization.name}</span>
        </header>
        <main id="main" tabIndex={-1}>
          <div class="summary">
            <Verdict scorecard={scorecard} unverified={options.unverified === true} />
            {untested && scorecard.questions.length > 0 ? <Asked scorecard={scorecard} /> : null}
            <Questions scorecard={scorecard} anchors={anchors} />
            {untested ? null : <GoLive scorecard={scorecard} anchors={anchors} />}
            <p class="foot on-paper">{decision.foot}</p>
          </div>
          <nav aria-labelledby="contents">
            <h2 id="contents">In this report</h2>
            <ul>
              {contents.map(({ id, name }) => (
                <li>
                  <a href={`#${id}`}>{name}</a>
                </li>
              ))}
            </ul>
          </nav>
          <Unshown scorecard={scorecard} />
          {has('open-points') ? <OpenPoints scorecard={scorecard} /> : null}
          {scorecard.narrowing === null ? null : <Narrower narrowing={scorecard.narrowing} />}
          {has('asked') ? <Asked scorecard={scorecard} /> : null}
          {has('findings') ? <Findings scorecard={scorecard} anchors={anchors} /> : null}
          <BehindAnswers scorecard={scorecard} anchors={anchors} />
          {has('latency') ? <Latency scorecard={scorecard} /> : null}
          {has('cards') ? <Cards scorecard={scorecard} /> : null}
          {has('permissions') ? <Permissions scorecard={scorecard} /> : null}
          <Audit scorecard={scorecard} />
          <BusinessCase scorecard={scorecard} />
          <Safeguards scorecard={scorecard} />
          <Outlook scorecard={scorecard} />
          {has('exchanges') ? <Exchanges scorecard={scorecard} anchors={anchors} /> : null}
          <RunFacts scorecard={scorecard} />
        </main>
        <footer>
          {decision.notLookedAt.length === 0 ? null : <p>Not looked at: {decision.notLookedAt.join('; ')}.</p>}
          <p class="foot">{decision.foot}</p>
          {options.sha256 === undefined ? null : (
            <p>
              Computed from <code>sha256:{options.sha256}</code>.
            </p>
          )}
        </footer>
      </body>
    </html>
  );
}

/** The page to forward: one file, without a script, the same bytes for the same scorecard on every machine. */
export const renderHtml = (scorecard: Scorecard, options: HtmlOptions = {}): string =>
  `<!doctype html>\n${renderToString(<Page scorecard={readable(scorecard)} options={readable(options)} />)}\n`;
