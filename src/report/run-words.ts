import type { Scorecard } from '../model/scorecard.js';
import { code, joined, phrase, prose, type Phrase } from './phrase.js';
import { checkName, counted, grouped } from './words.js';

/** "116 writes, all taken back, 0 left"; the end of a run is the only place that knows what is left. */
export function writtenWords({ run: { endedAt, writes } }: Scorecard): string {
  if (endedAt === null) return 'what was written and what is left was not counted';
  const { done, left, leavesMax } = writes;
  if (left > 0) return `${counted(done, 'write')}, ${left} left of ${leavesMax} agreed`;
  return done === 0 ? 'nothing written' : `${counted(done, 'write')}, all taken back, 0 left`;
}

/** "1,173 requests, 116 writes, all taken back, 0 left" */
export function trafficWords(scorecard: Scorecard): string {
  const { requests, endedAt } = scorecard.run;
  const unavailable = requests.unavailable === 0 ? '' : `, ${requests.unavailable} without an answer`;
  const sent = endedAt === null ? 'The run was cut off' : `${counted(requests.sent, 'request')}${unavailable}`;
  return `${sent}${endedAt === null ? ': ' : ', '}${writtenWords(scorecard)}`;
}

/** "306 requests: sign-in 9, read 120, write 96; 930 more as samples of series and shares"; undefined where the evidence does not say. */
export function partsWords({ run: { requests } }: Scorecard): string | undefined {
  const { parts, samples } = requests;
  if (parts.length === 0) return undefined;
  const sent = parts.reduce((sum, part) => sum + part.requests, 0);
  const each = parts.map((part) => `${part.part} ${grouped(part.requests)}`).join(', ');
  return `${counted(sent, 'request')}: ${each}${samples === 0 ? '' : `; ${grouped(samples)} more as samples of series and shares`}`;
}

/** What the exit code says, in words; undefined for 0, where the gate was met. */
export function exitWords({ decision: { exitCode, gate }, run }: Scorecard): string | undefined {
  const compared = gate === 'baseline';
  const words: Readonly<Record<number, string>> = {
    1: compared ? 'what held before fails now' : 'something failed',
    3: compared ? 'what was measured before is missing now' : 'nothing failed, not enough was shown',
    4: 'Conditional go where the gate asks for Go',
    5: 'more is left in the EHR than was agreed',
    6: 'stopped by a safety rule',
    70: run.why ?? 'a fault of this tool',
    75: 'EHR or AI system unavailable, try again',
    130: 'interrupted',
  };
  return words[exitCode];
}

/** A run that was mostly refused, or found nothing, has seen little whatever else it says. */
function answeredWords(validity: NonNullable<Scorecard['validity']>): string {
  const { answers, unauthorized, forbidden, notFound, throttled, searches, emptySearches } = validity;
  const refused = `${unauthorized} of ${answers} answers were 401, ${forbidden} 403, ${notFound} 404, ${throttled} 429`;
  return `${refused}; ${emptySearches} of ${searches} searches brought nothing (refusals and empty answers that were tried on purpose included)`;
}

export interface RunFact {
  readonly said: Phrase;
  /** What it consists of, where that is listed. */
  readonly under?: readonly Phrase[];
}

function gateWords(scorecard: Scorecard): string {
  const { gate, exitCode } = scorecard.decision;
  const words = exitWords(scorecard) ?? (gate === 'none' ? 'nothing was asked' : 'met');
  return `gate ${gate}: exit ${exitCode} (${words})`;
}

/** What was sent, written, left and kept, by which run and from which documents. */
export function runFacts(scorecard: Scorecard): RunFact[] {
  const { run, residue, hosts, checks, redaction, maturity, validity } = scorecard;
  const { requests } = run;
  const parts = partsWords(scorecard);
  const aside = checks.filter((check) => check.outcome === 'not-applicable').map((check) => code(checkName(check)));
  const claimed = maturity.claimed === null ? '' : `, claimed: ${maturity.claimed}`;
  return [
    { said: phrase`${prose(gateWords(scorecard))}` },
    {
      said: phrase`${counted(requests.sent, 'request')}, ${requests.planned} allowed by the plan, ${requests.unavailable} without an answer; hosts: ${joined(hosts.map(code), ', ')}`,
    },
    ...(parts === undefined ? [] : [{ said: phrase`${prose(parts)}` }]),
    ...(validity === null ? [] : [{ said: phrase`${prose(answeredWords(validity))}` }]),
    {
      said: phrase`${writtenWords(scorecard)}`,
      under: residue.map(({ resourceType, id, reason }) => phrase`left: ${code(`${resourceType}/${id}`)} (${reason})`),
    },
    {
      said: phrase`${redaction.phi === 'may-contain' ? 'patients by alias; keep as PHI' : 'synthetic patients, by alias'}`,
    },
    { said: phrase`maturity evidenced: ${maturity.evidenced} of 4 (${maturity.name})${claimed}` },
    ...(aside.length === 0 ? [] : [{ said: phrase`does not apply: ${joined(aside, ' ')}` }]),
    {
      said: phrase`run ${code(run.id)}, plan ${code(Array.from(run.planSha256).slice(0, 16).join(''))}, seed ${code(run.seed)}`,
    },
    ...run.inputs.map(({ role, name, sha256 }) => ({ said: phrase`${role}: ${code(name)} ${code(sha256)}` })),
  ];
}
