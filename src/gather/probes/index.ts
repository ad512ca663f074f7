import type { AnyProbe } from '../probe.js';
import attestations from './attestations.js';
import documents from './documents.js';
import fieldPresence from './field-presence.js';
import searchBehaviour from './search-behaviour.js';
import slotTruth from './slot-truth.js';
import staleUpdate from './stale-update.js';

/** Every probe of this version; the order inside a phase is the order of this list. */
export const probes: readonly AnyProbe[] = [
  attestations,
  documents,
  fieldPresence,
  searchBehaviour,
  slotTruth,
  staleUpdate,
];
