import type { Answer } from './request.js';

/** What became of a request that should have been refused, or of one that should not. */
export type Seen = 'refused' | 'hidden' | 'unusual' | 'nothing' | 'data' | 'fault';

/** By status, and by whether a success brought what was asked for. */
export function seenOf(status: number, brought: boolean): Seen {
  if (status === 401 || status === 403) return 'refused';
  if (status === 404 || status === 410) return 'hidden';
  if (status >= 500) return 'fault';
  if (status < 200 || status >= 300) return 'unusual';
  return brought ? 'data' : 'nothing';
}

/** A read of one object. */
export const seenOfRead = ({ status, resource }: Answer, resourceType: string): Seen =>
  seenOf(status, resource?.resourceType === resourceType);
