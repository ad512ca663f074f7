import type { AnyProbe } from '../probe.js';
import fieldPresence from './field-presence.js';
import staleUpdate from './stale-update.js';

/** Every probe of this version; the order inside a phase is the order of this list. */
export const probes: readonly AnyProbe[] = [fieldPresence, staleUpdate];
