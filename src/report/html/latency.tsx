import type { Scorecard } from '../../model/scorecard.js';
import { axisOf, latencyInterval, placeOn, type LatencyInterval, type LogAxis } from '../latency-interval.js';
import { latencyBesides, latencyTable } from '../tables.js';
import { outcomeTones } from '../tones.js';
import { durationWords, latencyNumbers, latencyWords, outcomeWords } from '../words.js';
import { Section, Sign, WordTable } from './elements.js';

// Units of the drawing; it grows with the page.
const width = 360;
const height = 64;
const edge = 22;
const axisY = 44;
const barY = 24;

/** One decimal: the same digits on every machine, whatever its logarithm gives in the last one. */
const at = (axis: LogAxis, durationMs: number): number =>
  Math.round((edge + placeOn(axis, durationMs) * (width - 2 * edge)) * 10) / 10;

/** "p95 between 2 ms and 76 ms (95 %), median between 1 ms and 26 ms, budget 60 s" */
function plotWords({ lowerMs, upperMs, median, budgetMs }: LatencyInterval, percentile: string): string {
  const between = (from: number | null, to: number | null): string =>
    to === null
      ? `at or above ${durationWords(from ?? 0)}, upper end not shown`
      : `between ${durationWords(from ?? 0)} and ${durationWords(to)}`;
  return [
    `${percentile} ${between(lowerMs, upperMs)} (95 %)`,
    ...(median === null ? [] : [`median ${between(median.lowerMs, median.upperMs)}`]),
    ...(budgetMs === null ? [] : [`budget ${durationWords(budgetMs)}`]),
  ].join(', ');
}

function Budget({ axis, budgetMs }: { readonly axis: LogAxis; readonly budgetMs: number }) {
  const x = at(axis, budgetMs);
  const left = x > width / 2;
  return (
    <>
      <line class="budget" x1={x} x2={x} y1={2} y2={axisY} />
      <text class="budget-label" x={left ? x - 4 : x + 4} y={11} text-anchor={left ? 'end' : 'start'}>
        budget {durationWords(budgetMs)}
      </text>
    </>
  );
}

interface PlotProps {
  readonly interval: LatencyInterval;
  readonly axis: LogAxis;
  readonly percentile: string;
  /** Ours, and unique on the page. */
  readonly titleId: string;
}

function Plot({ interval, axis, percentile, titleId }: PlotProps) {
  const { lowerMs, upperMs, median, budgetMs } = interval;
  const from = at(axis, lowerMs ?? axis.fromMs);
  const to = upperMs === null ? width - edge / 2 : at(axis, upperMs);
  const medianFrom = median === null ? 0 : at(axis, median.lowerMs);
  const medianTo = median === null ? 0 : at(axis, median.upperMs);
  return (
    <svg viewBox={`0 0 ${width} ${height}`} role="img" aria-labelledby={titleId}>
      <title id={titleId}>{plotWords(interval, percentile)}</title>
      <line class="axis" x1={edge} x2={width - edge} y1={axisY} y2={axisY} />
      {axis.ticksMs.map((tick) => (
        <>
          <line class="axis" x1={at(axis, tick)} x2={at(axis, tick)} y1={axisY} y2={axisY + 4} />
          <text class="tick" x={at(axis, tick)} y={axisY + 15} text-anchor="middle">
            {durationWords(tick)}
          </text>
        </>
      ))}
      <rect
        class={upperMs === null ? 'open interval' : 'interval'}
        x={from}
        y={barY}
        width={Math.max(3, Math.round((to - from) * 10) / 10)}
        height={12}
      />
      {median === null ? null : (
        <rect
          class="median"
          x={medianFrom}
          y={barY + 3}
          width={Math.max(3, Math.round((medianTo - medianFrom) * 10) / 10)}
          height={6}
        />
      )}
      {budgetMs === null ? null : <Budget axis={axis} budgetMs={budgetMs} />}
    </svg>
  );
}

/** Each budget of the contract against what was measured of it: as a plot, and as a table with everything counted. */
export function Latency({ scorecard }: { readonly scorecard: Scorecard }) {
  const entries = scorecard.latency.map((entry) => ({ entry, interval: latencyInterval(entry) }));
  const plotted = entries.flatMap(({ interval }) => (interval === undefined ? [] : [interval]));
  const axis = axisOf(plotted);
  return (
    <Section id="latency" title="Latency">
      {plotted.length === 0 ? null : (
        <p>
          The bar is where the percentile the budget asks for lies (95 %), the thin bar the median, the line the budget.
          One logarithmic axis for all.
        </p>
      )}
      <div class="plots">
        {entries.map(({ entry, interval }, index) =>
          interval === undefined ? null : (
            <figure>
              <figcaption>
                <Sign tone={outcomeTones[entry.outcome]} /> <code>{entry.id}</code> {entry.from} → {entry.to}:{' '}
                <strong>{latencyWords(entry) ?? outcomeWords[entry.outcome]}</strong>, {outcomeWords[entry.outcome]}
              </figcaption>
              <Plot
                interval={interval}
                axis={axis}
                percentile={latencyNumbers(entry).percentile ?? 'time'}
                titleId={`plot-${index + 1}`}
              />
            </figure>
          ),
        )}
      </div>
      <WordTable caption="Latency budgets" table={latencyTable(scorecard)} />
      <details>
        <summary>Also counted</summary>
        <dl class="pairs">
          {latencyBesides(scorecard).map(({ prose }, index) => (
            <>
              <dt>
                <code>{scorecard.latency[index]?.id}</code>
              </dt>
              <dd>{prose === '' ? 'nothing' : prose}</dd>
            </>
          ))}
        </dl>
      </details>
    </Section>
  );
}
