import type { CheckEntry, QuestionId, Scorecard } from '../../model/scorecard.js';
import { coverageWords } from '../answer-numbers.js';
import { outcomeTones } from '../tones.js';
import { answerWords, checkName, holderWords, outcomeWords, severityWords } from '../words.js';
import type { Anchors } from './anchors.js';
import { ScrollingTable, Section, Sign } from './elements.js';

/** Where the checks behind each answer are listed. */
export const behindAnswer: Readonly<Record<QuestionId, string>> = {
  read: 'behind-read',
  write: 'behind-write',
  latency: 'behind-latency',
  permissions: 'behind-permissions',
  audit: 'behind-audit',
  resilience: 'behind-resilience',
  hipaa: 'behind-hipaa',
};

interface RowProps {
  readonly check: CheckEntry;
  readonly part: 'decides' | 'supports';
  readonly anchors: Anchors;
}

function CheckRow({ check, part, anchors }: RowProps) {
  const finding = anchors.finding(check);
  return (
    <tr>
      <th scope="row">
        {check.prose.title === check.id ? null : `${check.prose.title} `}
        {finding === undefined ? (
          <code>{checkName(check)}</code>
        ) : (
          <a href={`#${finding}`}>
            <code>{checkName(check)}</code>
          </a>
        )}
      </th>
      <td>
        {part}, {severityWords[check.severity]}
      </td>
      <td>
        <Sign tone={outcomeTones[check.outcome]} /> {outcomeWords[check.outcome]}
        {check.grade === null ? null : `, ${check.grade}`}
        {check.holder === null ? null : `, held by ${holderWords[check.holder]}`}
      </td>
    </tr>
  );
}

/** The checks that decide or support each answer, with what came out; those that do not apply are left out. */
export function BehindAnswers({ scorecard, anchors }: { readonly scorecard: Scorecard; readonly anchors: Anchors }) {
  const applicable = scorecard.checks.filter(({ outcome }) => outcome !== 'not-applicable');
  return (
    <Section id="behind" title="Checks behind each answer">
      {scorecard.answers.map((answer) => {
        const { question, title } = answer;
        const deciding = applicable.filter(({ decides }) => decides.includes(question));
        const supporting = applicable.filter(({ supports }) => supports.includes(question));
        return (
          <details id={behindAnswer[question]}>
            <summary>
              <strong>{title}</strong> {answerWords(answer)}; {coverageWords(answer) || 'no check'}
            </summary>
            {deciding.length + supporting.length === 0 ? (
              <p>No check of this run stands behind it.</p>
            ) : (
              <ScrollingTable caption={`Checks behind the answer: ${behindAnswer[question].slice('behind-'.length)}`}>
                <thead>
                  <tr>
                    <th scope="col">what was asked</th>
                    <th scope="col">part</th>
                    <th scope="col">seen</th>
                  </tr>
                </thead>
                <tbody>
                  {deciding.map((check) => (
                    <CheckRow check={check} part="decides" anchors={anchors} />
                  ))}
                  {supporting.map((check) => (
                    <CheckRow check={check} part="supports" anchors={anchors} />
                  ))}
                </tbody>
              </ScrollingTable>
            )}
          </details>
        );
      })}
    </Section>
  );
}
