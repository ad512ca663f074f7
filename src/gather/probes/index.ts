import type { AnyProbe } from '../probe.js';
import acceptedRequests from './accepted-requests.js';
import attestations from './attestations.js';
import capabilityStatement from './capability-statement.js';
import changedObject from './changed-object.js';
import createdObject from './created-object.js';
import declaredAction from './declared-action.js';
import draftState from './draft-state.js';
import repeatedCreate from './repeated-create.js';
import undoneObject from './undone-object.js';
import documents from './documents.js';
import fieldPresence from './field-presence.js';
import latencySeries from './latency-series.js';
import searchBehaviour from './search-behaviour.js';
import slotTruth from './slot-truth.js';
import staleUpdate from './stale-update.js';
import smartConfiguration from './smart-configuration.js';
import transportSecurity from './transport-security.js';
import declaredChannel from './declared-channel.js';
import pollSearch from './poll-search.js';
import declaredPath from './declared-path.js';
import writeRight from './write-right.js';

/** Every probe of this version; the order inside a phase is the order of this list. */
export const probes: readonly AnyProbe[] = [
  writeRight,
  declaredPath,
  pollSearch,
  declaredChannel,
  acceptedRequests,
  attestations,
  capabilityStatement,
  documents,
  smartConfiguration,
  transportSecurity,
  fieldPresence,
  searchBehaviour,
  slotTruth,
  latencySeries,
  declaredAction,
  createdObject,
  draftState,
  changedObject,
  repeatedCreate,
  staleUpdate,
  // Takes back the objects the others share.
  undoneObject,
];
