import type { Scorecard } from '../model/scorecard.js';
import { counted, grouped } from './words.js';

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

/** "306 requests: sign-in 9, read 120, write 96; 930 more in measured series"; undefined where the evidence does not say. */
export function partsWords({ run: { requests } }: Scorecard): string | undefined {
  const { parts, samples } = requests;
  if (parts.length === 0) return undefined;
  const sent = parts.reduce((sum, part) => sum + part.requests, 0);
  const each = parts.map((part) => `${part.part} ${grouped(part.requests)}`).join(', ');
  return `${counted(sent, 'request')}: ${each}${samples === 0 ? '' : `; ${grouped(samples)} more in measured series`}`;
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
