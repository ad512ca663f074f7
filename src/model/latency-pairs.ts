import type { LatencyPoint } from './documents/contract.js';

const starts: readonly LatencyPoint[] = ['ehr-event', 'external-event', 'hook-call', 'launch'];

/** The check that judges a latency entry with these two points; undefined when the pair means nothing. */
export function latencyCheckOf(from: LatencyPoint, to: LatencyPoint): string | undefined {
  if (from === 'ai-request' && to === 'ai-received') return 'latency.read';
  if (from === 'ai-request' && to === 'write-acknowledged') return 'latency.write';
  if (from === 'write-acknowledged' && to === 'visible') return 'latency.read-after-write';
  if (from === 'ehr-event' && to === 'notified') return 'latency.event-delivery';
  if (!starts.includes(from)) return undefined;
  if (to === 'ai-response' || to === 'hook-response') return 'latency.event-to-response';
  return to === 'write-acknowledged' || to === 'visible' ? 'latency.event-to-record' : undefined;
}
