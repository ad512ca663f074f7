import type { CheckEntry, Finding, Scorecard } from '../../model/scorecard.js';
import { mostExchanges, mostFindings, toldChecks, toldFindings } from '../findings.js';
import { outcomeTones } from '../tones.js';
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
} from '../words.js';
import type { Anchors } from './anchors.js';
import { Address, ScrollingTable, Section, Sign } from './elements.js';

const answered = (status: number): string => (status === 0 ? 'no answer' : String(status));

function Cited({ exchanges, anchors }: { readonly exchanges: Finding['exchanges']; readonly anchors: Anchors }) {
  const more = exchanges.length - mostExchanges;
  return (
    <ul class="cited">
      {exchanges.slice(0, mostExchanges).map(({ id, method, path, status, context }) => (
        <li>
          <a href={`#${anchors.exchange(id)}`}>
            <code>{id}</code>
          </a>{' '}
          <code>
            {method} {path}
          </code>{' '}
          → {answered(status)}, as {context}
        </li>
      ))}
      {more > 0 ? <li>and {more} more</li> : null}
    </ul>
  );
}

interface ObservationProps {
  readonly check: CheckEntry;
  readonly finding: Finding;
  readonly anchors: Anchors;
}

function Observation({ check, finding, anchors }: ObservationProps) {
  const { text, subject, data, demandedBy, holder, grade, exchanges } = finding;
  const numbers = numberWords(data);
  const how = [...(grade === null ? [] : [grade]), ...(holder === null ? [] : [`held by ${holderWords[holder]}`])];
  return (
    <dl class="observation">
      <dt>Observed</dt>
      <dd>
        {text === '' ? check.prose.failureTitle : text}{' '}
        <span class="aside">
          at <code>{subject}</code>
          {how.length === 0 ? null : `, ${how.join(', ')}`}
        </span>
      </dd>
      <dt>Required</dt>
      <dd>
        {check.prose.title}
        {demandedBy === null ? null : (
          <>
            {' '}
            <span class="aside">
              {demandedBy.document}, <code>{`${demandedBy.file}:${demandedBy.line}`}</code>
            </span>
          </>
        )}
      </dd>
      {numbers.length === 0 ? null : (
        <>
          <dt>Data</dt>
          <dd>{numbers.join(', ')}</dd>
        </>
      )}
      {exchanges.length === 0 ? null : (
        <>
          <dt>Exchanges</dt>
          <dd>
            <Cited exchanges={exchanges} anchors={anchors} />
          </dd>
        </>
      )}
    </dl>
  );
}

function CheckFindings({ check, anchors }: Omit<ObservationProps, 'finding'>) {
  const { prose, outcome, severity, blocks, gap } = check;
  const told = toldFindings(check);
  const more = told.length - mostFindings;
  return (
    <article class={`finding ${outcomeTones[outcome]}`}>
      <h3 id={anchors.finding(check)}>
        <Sign tone={outcomeTones[outcome]} /> {outcome === 'fail' ? prose.failureTitle : prose.title}
      </h3>
      <p class="basis">
        <span>
          <code>{checkName(check)}</code>
        </span>
        <span>
          {severityWords[severity]}, {outcomeWords[outcome]}
        </span>
        <span>most likely lies with: {classWords[blocks]}</span>
      </p>
      <p>{prose.why}</p>
      {told.slice(0, mostFindings).map((finding) => (
        <Observation check={check} finding={finding} anchors={anchors} />
      ))}
      {more > 0 ? <p>And {counted(more, 'more finding')} of this check in the scorecard.</p> : null}
      {prose.remedy.length === 0 ? null : (
        <>
          <h4>What to do</h4>
          <ul>
            {prose.remedy.map(({ owner, effort, text }) => (
              <li>
                <strong>{ownerWords[owner]}</strong> ({effortWords[effort]}): {text}
              </li>
            ))}
          </ul>
        </>
      )}
      {gap === null ? null : (
        <p>
          Gap: {gap.control}; {gap.owner}, until {gap.until}
        </p>
      )}
      {prose.references.length === 0 ? null : (
        <p class="aside">
          See{' '}
          {prose.references.map((url, index) => (
            <>
              {index === 0 ? null : ', '}
              <Address url={url} />
            </>
          ))}
        </p>
      )}
    </article>
  );
}

/** What failed or holds only with a limit: observed, required, what to do. */
export const Findings = ({ scorecard, anchors }: { readonly scorecard: Scorecard; readonly anchors: Anchors }) => (
  <Section id="findings" title="Findings">
    {toldChecks(scorecard).map((check) => (
      <CheckFindings check={check} anchors={anchors} />
    ))}
  </Section>
);

/** Every exchange a finding cites, with the findings that do. */
export function Exchanges({ scorecard, anchors }: { readonly scorecard: Scorecard; readonly anchors: Anchors }) {
  const told = new Map(toldChecks(scorecard).map((check) => [checkName(check), anchors.finding(check)]));
  return (
    <Section id="exchanges" title="Exchanges cited">
      <p>
        Under these ids they stand in <code>evidence.ndjson</code> of the run folder.
      </p>
      <ScrollingTable caption="Exchanges the findings cite">
        <thead>
          <tr>
            <th scope="col">exchange</th>
            <th scope="col">request</th>
            <th scope="col">answer</th>
            <th scope="col">sent as</th>
            <th scope="col">cited by</th>
          </tr>
        </thead>
        <tbody>
          {anchors.exchanges.map(({ exchange, anchor, citedBy }) => (
            <tr id={anchor}>
              <th scope="row">
                <code>{exchange.id}</code>
              </th>
              <td>
                <code>
                  {exchange.method} {exchange.path}
                </code>
              </td>
              <td>{answered(exchange.status)}</td>
              <td>{exchange.context}</td>
              <td>
                {citedBy.map((name, index) => (
                  <>
                    {index === 0 ? null : ', '}
                    <a href={`#${told.get(name)}`}>{name}</a>
                  </>
                ))}
              </td>
            </tr>
          ))}
        </tbody>
      </ScrollingTable>
    </Section>
  );
}
