import type { Answer, Scorecard } from '../../model/scorecard.js';
import { coverageWords, keyNumbers } from '../answer-numbers.js';
import { holdersOf, toldChecks } from '../findings.js';
import { answerTones } from '../tones.js';
import { checkName } from '../words.js';
import type { Anchors } from './anchors.js';
import { behindAnswer } from './behind-answers.js';
import { Section, Sign } from './elements.js';

interface QuestionProps {
  readonly answer: Answer;
  readonly scorecard: Scorecard;
  readonly anchors: Anchors;
}

/** What an answer stands on: how much was measured, who holds it, and where on the page to look. */
function Basis({ answer, scorecard, anchors }: QuestionProps) {
  const { question, coverage } = answer;
  const made = coverageWords(answer);
  const held = holdersOf(answer);
  const told = toldChecks(scorecard).filter(({ decides, supports }) => [...decides, ...supports].includes(question));
  return (
    <p class="basis">
      <span>
        <a href={`#${behindAnswer[question]}`}>{made === '' ? 'no check' : `measured: ${made}`}</a>
      </span>
      {held === '' ? null : <span>held by {held}</span>}
      {coverage.weakestEnvironment === null ||
      coverage.weakestEnvironment === scorecard.target.environment.class ? null : (
        <span>weakest: {coverage.weakestEnvironment}</span>
      )}
      {told.map((check) => (
        <span>
          <a href={`#${anchors.finding(check)}`}>{checkName(check)}</a>
        </span>
      ))}
    </p>
  );
}

function Question(props: QuestionProps) {
  const { answer, scorecard } = props;
  const numbers = keyNumbers(answer, scorecard);
  const depth = answer.question === 'write' ? answer.details : [];
  const tone = answerTones[answer.answer];
  return (
    <li class={tone}>
      <h3>{answer.title}</h3>
      <p class="answer">
        <Sign tone={tone} />
        <span>
          <strong>{answer.words}</strong>
          {answer.grade === null ? null : (
            <span class="grade">
              <span class="unseen">, </span>
              {answer.grade}
            </span>
          )}
        </span>
      </p>
      <div class="said">
        <p>
          {numbers.length === 0 ? null : <strong class="numbers">{numbers.join('; ')}. </strong>}
          {answer.sentence}
        </p>
        {depth.length === 0 ? null : (
          <ul class="depth">
            {depth.map(({ label, text }) => (
              <li>
                <code>{label}</code> {text}
              </li>
            ))}
          </ul>
        )}
        <Basis {...props} />
      </div>
    </li>
  );
}

export const Questions = ({ scorecard, anchors }: Omit<QuestionProps, 'answer'>) => (
  <Section id="questions" title="Seven questions">
    <ol class="questions">
      {scorecard.answers.map((answer) => (
        <Question answer={answer} scorecard={scorecard} anchors={anchors} />
      ))}
    </ol>
  </Section>
);
