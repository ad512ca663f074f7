import type { AnyProbe } from '../probe.js';
import cardCallerTrials from './card-caller-trials.js';
import cardData from './card-data.js';
import cardService from './card-service.js';
import cellChange from './cell-change.js';
import codeTrials from './code-trials.js';
import launchContext from './launch-context.js';
import launchTrials from './launch-trials.js';
import endpointCoverage from './endpoint-coverage.js';
import sessionIsolation from './session-isolation.js';
import idleSession from './idle-session.js';
import sessionOpened from './session-opened.js';
import patientBoundary from './patient-boundary.js';
import patientBoundaryCreate from './patient-boundary-create.js';
import redirectTrials from './redirect-trials.js';
import cellReading from './cell-reading.js';
import siteReading from './site-reading.js';
import workflowClients from './workflow-clients.js';
import workflowCreate from './workflow-create.js';
import workflowUse from './workflow-use.js';
import clientSignIn from './client-sign-in.js';
import crossOrganization from './cross-organization.js';
import scopeCreate from './scope-create.js';
import scopeEcho from './scope-echo.js';
import scopeTrials from './scope-trials.js';
import auditLog from './audit-log.js';
import auditTampering from './audit-tampering.js';
import acceptedRequests from './accepted-requests.js';
import earlyToken from './early-token.js';
import ehrOutage from './ehr-outage.js';
import tokenLife from './token-life.js';
import bindingComparison from './binding-comparison.js';
import assertionTrials from './assertion-trials.js';
import attestations from './attestations.js';
import businessDuplicate from './business-duplicate.js';
import capabilityStatement from './capability-statement.js';
import changedObject from './changed-object.js';
import createdObject from './created-object.js';
import declaredAction from './declared-action.js';
import draftState from './draft-state.js';
import runCoverage from './run-coverage.js';
import previousRuns from './previous-runs.js';
import repeatedCreate from './repeated-create.js';
import unsignedReading from './unsigned-reading.js';
import undoneObject from './undone-object.js';
import documents from './documents.js';
import logins from './logins.js';
import midProcess from './mid-process.js';
import missedEvents from './missed-events.js';
import eventReplays from './event-replays.js';
import eventSubscription from './event-subscription.js';
import environmentParity from './environment-parity.js';
import fieldPresence from './field-presence.js';
import knownSet from './known-set.js';
import followedLinks from './followed-links.js';
import latencySeries from './latency-series.js';
import searchBehaviour from './search-behaviour.js';
import sensitiveRecords from './sensitive-records.js';
import slotTruth from './slot-truth.js';
import slotRace from './slot-race.js';
import stateWalk from './state-walk.js';
import transactionBundle from './transaction-bundle.js';
import versionHistory from './version-history.js';
import staleUpdate from './stale-update.js';
import machineOrigin from './machine-origin.js';
import partialWrite from './partial-write.js';
import peakLoad from './peak-load.js';
import productAsked from './product-asked.js';
import productLog from './product-log.js';
import productRepeats from './product-repeats.js';
import productUndo from './product-undo.js';
import productDrafts from './product-drafts.js';
import visitCases from './visit-cases.js';
import promotionRight from './promotion-right.js';
import promotionTried from './promotion-tried.js';
import staffView from './staff-view.js';
import smartConfiguration from './smart-configuration.js';
import statements from './statements.js';
import switchDrill from './switch-drill.js';
import throttledProduct from './throttled-product.js';
import transportSecurity from './transport-security.js';
import declaredArrival from './declared-arrival.js';
import declaredChannel from './declared-channel.js';
import pollSearch from './poll-search.js';
import declaredPath from './declared-path.js';
import writeRight from './write-right.js';
import hardCases from './hard-cases.js';
import hl7v2Feed from './hl7v2-feed.js';
import invalidWrites from './invalid-writes.js';

/** Every probe of this version; the order inside a phase is the order of this list. */
export const probes: readonly AnyProbe[] = [
  clientSignIn,
  earlyToken,
  invalidWrites,
  writeRight,
  promotionRight,
  declaredPath,
  pollSearch,
  declaredChannel,
  declaredArrival,
  acceptedRequests,
  runCoverage,
  attestations,
  statements,
  previousRuns,
  capabilityStatement,
  documents,
  logins,
  smartConfiguration,
  environmentParity,
  transportSecurity,
  fieldPresence,
  scopeTrials,
  cellReading,
  // The same sessions again, between the controls of the one before.
  siteReading,
  sensitiveRecords,
  knownSet,
  followedLinks,
  launchContext,
  patientBoundary,
  workflowClients,
  bindingComparison,
  workflowUse,
  unsignedReading,
  searchBehaviour,
  slotTruth,
  cardService,
  cardData,
  latencySeries,
  declaredAction,
  createdObject,
  draftState,
  staffView,
  cellChange,
  promotionTried,
  machineOrigin,
  changedObject,
  repeatedCreate,
  staleUpdate,
  eventSubscription,
  missedEvents,
  hl7v2Feed,
  scopeCreate,
  patientBoundaryCreate,
  workflowCreate,
  businessDuplicate,
  productRepeats,
  eventReplays,
  midProcess,
  hardCases,
  switchDrill,
  productUndo,
  productDrafts,
  visitCases,
  stateWalk,
  transactionBundle,
  versionHistory,
  // Takes back the objects the others share.
  undoneObject,
  slotRace,
  throttledProduct,
  // Asks for nothing where the others have asked.
  productAsked,
  peakLoad,
  ehrOutage,
  partialWrite,
  auditLog,
  productLog,
  auditTampering,
  assertionTrials,
  cardCallerTrials,
  scopeEcho,
  codeTrials,
  redirectTrials,
  launchTrials,
  endpointCoverage,
  sessionIsolation,
  sessionOpened,
  idleSession,
  crossOrganization,
  tokenLife,
];
