import { SafetyStop } from '../model/errors.js';
import type { Door, DoorRequest } from './exchange.js';

/** Purposes by which something at the EHR or in the AI system could change. */
const changing: readonly DoorRequest['purpose'][] = ['fhir', 'audit', 'ai-system', 'ai-control', 'ai-webhook'];

/** A door through which nothing goes that could change anything: reads, searches by POST, and sign-in. */
export const readingDoor = (door: Door): Door => ({
  exchange(request) {
    const reads = request.method === 'GET' || request.method === 'HEAD' || isSearch(request);
    if (reads || !changing.includes(request.purpose)) return door.exchange(request);
    return Promise.reject(
      new SafetyStop(
        'change-while-observing',
        11,
        `a ${request.method} was about to leave a run that only observes`,
        'Please report this; nothing was sent.',
      ),
    );
  },
  close: () => door.close(),
});

const isSearch = ({ method, url, purpose }: DoorRequest): boolean =>
  method === 'POST' && (purpose === 'fhir' || purpose === 'audit') && new URL(url).pathname.endsWith('/_search');
