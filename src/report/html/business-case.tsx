import type { Scorecard } from '../../model/scorecard.js';
import { harmWords, sensitivityWords, valueBars } from '../tables.js';
import { ScrollingTable, Section } from './elements.js';

const barWidth = 200;

/** Minutes and cost a week at three depths, as bars beside their numbers, and what stale times may do. */
export function BusinessCase({ scorecard }: { readonly scorecard: Scorecard }) {
  const harm = harmWords(scorecard);
  if (scorecard.value === null && harm === undefined) return null;
  return (
    <Section id="business-case" title="Business case">
      <Depths scorecard={scorecard} />
      {harm === undefined ? null : <p>{harm}</p>}
    </Section>
  );
}

function Depths({ scorecard }: { readonly scorecard: Scorecard }) {
  const { value } = scorecard;
  if (value === null) return null;
  const moves = sensitivityWords(scorecard);
  return (
    <>
      <p>{value.sentence}</p>
      <ScrollingTable caption="Minutes of work by hand a week at three depths of integration">
        <thead>
          <tr>
            <th scope="col">depth</th>
            <th scope="col" class="number">
              minutes a week
            </th>
            <th scope="col" class="number">
              cost a week
            </th>
            <td />
          </tr>
        </thead>
        <tbody>
          {valueBars(scorecard).map(({ depth, minutes, cost, share }) => (
            <tr>
              <th scope="row">{depth}</th>
              <td class="number">{minutes}</td>
              <td class="number">{cost ?? '–'}</td>
              <td>
                <svg class="value" viewBox={`0 0 ${barWidth} 12`} aria-hidden="true">
                  <rect class="track" x={0} y={5} width={barWidth} height={2} />
                  <rect class="interval" x={0} y={0} width={Math.round(barWidth * Math.max(0, share))} height={12} />
                </svg>
              </td>
            </tr>
          ))}
        </tbody>
      </ScrollingTable>
      {moves === undefined ? null : <p>{moves}</p>}
    </>
  );
}
