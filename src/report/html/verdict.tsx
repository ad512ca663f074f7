import type { Scorecard } from '../../model/scorecard.js';
import { countItems, ehrWords, openPointWordsOf, scopeWordsOf } from '../findings.js';
import { decisionTones } from '../tones.js';
import { instantWords, unverifiedWords } from '../words.js';
import { Sign } from './elements.js';

/** The decision with its environment, and apart from it the scope: together the first line of every format. */
function Decision({ scorecard }: { readonly scorecard: Scorecard }) {
  const { decision, policy } = scorecard;
  const scope = scopeWordsOf(scorecard);
  const lead = decision.words.slice(0, decision.words.length - scope.length);
  const split = lead.endsWith(': ') && decision.words.endsWith(scope);
  return (
    <h1>
      {policy.custom ? <span class="custom">Custom policy: </span> : null}
      <span class="lead">{split ? lead.slice(0, -2) : decision.words}</span>
      {split ? (
        <>
          <span class="unseen">: </span>
          <span class="scope">{scope}</span>
        </>
      ) : null}
    </h1>
  );
}

/** What is decided, where and how far; of which workflow at which organization; seen when and by whom. */
export function Verdict({ scorecard, unverified }: { readonly scorecard: Scorecard; readonly unverified: boolean }) {
  const { decision, contract, organization, target, run, operator, policy, tool } = scorecard;
  const ehr = ehrWords(scorecard);
  const points = openPointWordsOf(scorecard);
  const tone = decisionTones[decision.value];
  return (
    <section class={`verdict ${tone}`} aria-label="Decision">
      {unverified ? <p class="warned">{unverifiedWords}</p> : null}
      <div class="decision">
        <Sign tone={tone} />
        <Decision scorecard={scorecard} />
      </div>
      {decision.notes.length === 0 ? null : <p class="notes">Please note: {decision.notes.join('; ')}.</p>}
      <dl class="about">
        <div>
          <dt>Workflow</dt>
          <dd>
            {contract.title ?? contract.id} (<code>{contract.id}</code>
            {contract.version === null ? null : ` ${contract.version}`})
          </dd>
        </div>
        <div>
          <dt>Organization</dt>
          <dd>{organization.name}</dd>
        </div>
        <div>
          <dt>Environment</dt>
          <dd>
            {decision.scope.environment} (<code>{target.environment.origin}</code>){ehr === '' ? null : `, EHR: ${ehr}`}
          </dd>
        </div>
        <div>
          <dt>Observed</dt>
          <dd>
            {instantWords(run.startedAt)}, by {operator.who} ({operator.party})
          </dd>
        </div>
        <div>
          <dt>Judged by</dt>
          <dd>
            policy {policy.id} {policy.version}, ehr-scorecard {tool.version}
          </dd>
        </div>
      </dl>
      <p class="counts">
        {countItems(scorecard).join(', ')}.{points === '' ? null : ` ${points}.`}
      </p>
    </section>
  );
}
