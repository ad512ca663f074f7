import type { Deviation } from '../deviation.js';
import actionNobodyMay from './action-nobody-may.js';
import addressesRelative from './addresses-relative.js';
import anotherProductAnswers from './another-product-answers.js';
import anyVerifierAccepted from './any-verifier-accepted.js';
import appComparesIssuerLoosely from './app-compares-issuer-loosely.js';
import appGoesWhereTold from './app-goes-where-told.js';
import appNeedsNoLaunch from './app-needs-no-launch.js';
import appOpenedByItself from './app-opened-by-itself.js';
import appOpensForAnyIssuer from './app-opens-for-any-issuer.js';
import appStateOfAnyBrowser from './app-state-of-any-browser.js';
import appStateShort from './app-state-short.js';
import appStateUnchecked from './app-state-unchecked.js';
import appStateUsedTwice from './app-state-used-twice.js';
import appStaysSignedIn from './app-stays-signed-in.js';
import appSecondEndsFirst from './app-second-ends-first.js';
import appHonoursOtherOrganization from './app-honours-other-organization.js';
import appBannerOfLastLaunch from './app-banner-of-last-launch.js';
import appOneSessionABrowser from './app-one-session-a-browser.js';
import appOpensForPatients from './app-opens-for-patients.js';
import appIgnoresRole from './app-ignores-role.js';
import appShowsAnyPatient from './app-shows-any-patient.js';
import appFilterOpen from './app-filter-open.js';
import appExportOpen from './app-export-open.js';
import appViewerOpen from './app-viewer-open.js';
import attachmentsOfEveryPatient from './attachments-of-every-patient.js';
import auditEventsNotOffered from './audit-events-not-offered.js';
import auditLogLate from './audit-log-late.js';
import auditLogStatedEditable from './audit-log-stated-editable.js';
import auditNamesOneUser from './audit-names-one-user.js';
import auditRecordsDeletable from './audit-records-deletable.js';
import auditRecordsDoubled from './audit-records-doubled.js';
import auditRecordsEditable from './audit-records-editable.js';
import auditWithClinicalValues from './audit-with-clinical-values.js';
import auditWithWholeToken from './audit-with-whole-token.js';
import auditWithoutAgent from './audit-without-agent.js';
import auditWithoutPatient from './audit-without-patient.js';
import auditWithoutUser from './audit-without-user.js';
import auditWithoutVersion from './audit-without-version.js';
import availabilityFallsBack from './availability-falls-back.js';
import batchEntriesUnchecked from './batch-entries-unchecked.js';
import bundleUnlabelled from './bundle-unlabelled.js';
import cacheSharedByOrganizations from './cache-shared-by-organizations.js';
import cancelFails from './cancel-fails.js';
import cancelKeepsSlot from './cancel-keeps-slot.js';
import cancelRefused from './cancel-refused.js';
import cancelledStillListed from './cancelled-still-listed.js';
import capabilitiesMissing from './capabilities-missing.js';
import caseAssumesFailedWriteBack from './case-assumes-failed-write-back.js';
import caseAssumesMore from './case-assumes-more.js';
import certificateEndsThisWeek from './certificate-ends-this-week.js';
import certificateExpired from './certificate-expired.js';
import certificateOfAnotherName from './certificate-of-another-name.js';
import changesNotAudited from './changes-not-audited.js';
import clock40SecondsOff from './clock-40-seconds-off.js';
import clockFarOff from './clock-far-off.js';
import clocksOfTwoNodes from './clocks-of-two-nodes.js';
import codeAcceptedTwice from './code-accepted-twice.js';
import commitWithoutUndo from './commit-without-undo.js';
import conditionNotCompiling from './condition-not-compiling.js';
import connectionLetterEnded from './connection-letter-ended.js';
import consentIgnored from './consent-ignored.js';
import contractAllowsLess from './contract-allows-less.js';
import contractStillDraft from './contract-still-draft.js';
import createAccepted from './create-accepted.js';
import createFails from './create-fails.js';
import createLocationElsewhere from './create-location-elsewhere.js';
import createLocationRelative from './create-location-relative.js';
import createNotStored from './create-not-stored.js';
import createOutcomeWith200 from './create-outcome-with-200.js';
import createRefused from './create-refused.js';
import createScopeUnchecked from './create-scope-unchecked.js';
import createStoredWith500 from './create-stored-with-500.js';
import createWithoutLocation from './create-without-location.js';
import createWithoutTrace from './create-without-trace.js';
import deleteNotOffered from './delete-not-offered.js';
import diagnosticsWithName from './diagnostics-with-name.js';
import discoveryByAccept from './discovery-by-accept.js';
import discoveryMissing from './discovery-missing.js';
import doubleBooker from './double-booker.js';
import downtimeNotDrilled from './downtime-not-drilled.js';
import duplicateInAnotherForm from './duplicate-in-another-form.js';
import draftEndsReviewed from './draft-ends-reviewed.js';
import draftInvisibleToStaff from './draft-invisible-to-staff.js';
import draftRefused from './draft-refused.js';
import draftStoredFinal from './draft-stored-final.js';
import errorPageWithName from './error-page-with-name.js';
import eventNeverTold from './event-never-told.js';
import eventNotCounted from './event-not-counted.js';
import earlyConfirmer from './early-confirmer.js';
import everythingGranted from './everything-granted.js';
import expiresInEndless from './expires-in-endless.js';
import expiresInNegative from './expires-in-negative.js';
import expiresInText from './expires-in-text.js';
import factsSheetOfAnotherUse from './facts-sheet-of-another-use.js';
import factsSheetOutOfDate from './facts-sheet-out-of-date.js';
import factsSheetPartial from './facts-sheet-partial.js';
import feedGarblesStart from './feed-garbles-start.js';
import feedLosesMessages from './feed-loses-messages.js';
import feedNeverResends from './feed-never-resends.js';
import feedOfAnotherPatient from './feed-of-another-patient.js';
import feedWithoutTime from './feed-without-time.js';
import fieldDropped from './field-dropped.js';
import fieldUnknownToFhir from './field-unknown-to-fhir.js';
import flowWithoutParty from './flow-without-party.js';
import forbiddenStepTaken from './forbidden-step-taken.js';
import frontDeskChangesVisits from './front-desk-changes-visits.js';
import frontDeskListMissesBookings from './front-desk-list-misses-bookings.js';
import frontDeskReadsEverything from './front-desk-reads-everything.js';
import heartbeatNeverSent from './heartbeat-never-sent.js';
import historyCurrentOnly from './history-current-only.js';
import historyMissing from './history-missing.js';
import historyWithoutContent from './history-without-content.js';
import idTokenOfAnotherKey from './id-token-of-another-key.js';
import idTokenUnsigned from './id-token-unsigned.js';
import ifNoneExistIgnored from './if-none-exist-ignored.js';
import includeBeyondThePatient from './include-beyond-the-patient.js';
import includeUnchecked from './include-unchecked.js';
import invalidCodeMended from './invalid-code-mended.js';
import invalidCodeStored from './invalid-code-stored.js';
import invalidWriteFails from './invalid-write-fails.js';
import invalidWriteUnexplained from './invalid-write-unexplained.js';
import issuerOfAnotherOrganization from './issuer-of-another-organization.js';
import keyMissing from './key-missing.js';
import keysAtAMetadataAddress from './keys-at-a-metadata-address.js';
import keysOverPlainHttp from './keys-over-plain-http.js';
import labelDropped from './label-dropped.js';
import labelledRecordReleased from './labelled-record-released.js';
import latencyAnswerMisspelled from './latency-answer-misspelled.js';
import latencyBetweenNoPoints from './latency-between-no-points.js';
import launchContextKept from './launch-context-kept.js';
import launchOfAnotherPatient from './launch-of-another-patient.js';
import launchWithoutPatient from './launch-without-patient.js';
import launchWithoutVisit from './launch-without-visit.js';
import leaky from './leaky.js';
import logInventsAWrite from './log-invents-a-write.js';
import logMissesAWrite from './log-misses-a-write.js';
import logWithoutReviewer from './log-without-reviewer.js';
import loginOfTwoRoles from './login-of-two-roles.js';
import machineLabelDropped from './machine-label-dropped.js';
import machineMayFinalise from './machine-may-finalise.js';
import metricNeverCounted from './metric-never-counted.js';
import missedEventsHidden from './missed-events-hidden.js';
import missedEventsNotKept from './missed-events-not-kept.js';
import missingElementFilled from './missing-element-filled.js';
import modelHostWithoutAgreement from './model-host-without-agreement.js';
import nextLinkElsewhere from './next-link-elsewhere.js';
import nextLinkExpired from './next-link-expired.js';
import nextLinkLoops from './next-link-loops.js';
import noReviewUnsigned from './no-review-unsigned.js';
import nobodyMaySign from './nobody-may-sign.js';
import notificationDoubled from './notification-doubled.js';
import notificationLate from './notification-late.js';
import notificationLost from './notification-lost.js';
import notificationOfAnotherRecord from './notification-of-another-record.js';
import notificationOftenLate from './notification-often-late.js';
import notificationOutOfOrder from './notification-out-of-order.js';
import notificationWithRecord from './notification-with-record.js';
import oldTlsAccepted from './old-tls-accepted.js';
import otherFhirBaseAccepted from './other-fhir-base-accepted.js';
import guesser from './guesser.js';
import denier from './denier.js';
import tunneller from './tunneller.js';
import halfTracker from './half-tracker.js';
import halfWriter from './half-writer.js';
import unstoppable from './unstoppable.js';
import guessingScribe from './guessing-scribe.js';
import hastyScribe from './hasty-scribe.js';
import outputUnstable from './output-unstable.js';
import shamCanceller from './sham-canceller.js';
import signingScribe from './signing-scribe.js';
import silentSigner from './silent-signer.js';
import overwriter from './overwriter.js';
import overwritingTracker from './overwriting-tracker.js';
import overrideOutsideItsSet from './override-outside-its-set.js';
import overrideUndeclared from './override-undeclared.js';
import parameterUnknownToFhir from './parameter-unknown-to-fhir.js';
import passwordGrantOffered from './password-grant-offered.js';
import patchDropsElements from './patch-drops-elements.js';
import patchInOneEnvironment from './patch-in-one-environment.js';
import patchNotApplied from './patch-not-applied.js';
import patchNotOffered from './patch-not-offered.js';
import patchUndeclared from './patch-undeclared.js';
import patientBoundaryOnPatientsOnly from './patient-boundary-on-patients-only.js';
import patientReadsNotAudited from './patient-reads-not-audited.js';
import patientScopeCreatesForOthers from './patient-scope-creates-for-others.js';
import patientScopeReadsEverybody from './patient-scope-reads-everybody.js';
import peerClientAccepted from './peer-client-accepted.js';
import peerTokenAccepted from './peer-token-accepted.js';
import plainChallengeAccepted from './plain-challenge-accepted.js';
import plainChallengeOffered from './plain-challenge-offered.js';
import pollOverLimit from './poll-over-limit.js';
import pollSearchRefused from './poll-search-refused.js';
import pollTooSlow from './poll-too-slow.js';
import provenanceRefused from './provenance-refused.js';
import readBringsAnother from './read-brings-another.js';
import readFails from './read-fails.js';
import readRefused from './read-refused.js';
import readScopeAlsoSearches from './read-scope-also-searches.js';
import reTyper from './re-typer.js';
import rebookingRefused from './rebooking-refused.js';
import recordTimesOfAnotherClock from './record-times-of-another-clock.js';
import redirectByHost from './redirect-by-host.js';
import redirectByPrefix from './redirect-by-prefix.js';
import redirectSlashTolerated from './redirect-slash-tolerated.js';
import refusalUndecided from './refusal-undecided.js';
import refusalsAuditedAsSuccess from './refusals-audited-as-success.js';
import refusalsNotAudited from './refusals-not-audited.js';
import resourceWithoutFields from './resource-without-fields.js';
import reviewIgnored from './review-ignored.js';
import riskAnalysisNotStated from './risk-analysis-not-stated.js';
import roleMisspelled from './role-misspelled.js';
import safeguardsOutOfDate from './safeguards-out-of-date.js';
import schedulerRefusedSlots from './scheduler-refused-slots.js';
import scopeEcho from './scope-echo.js';
import scopeForEverything from './scope-for-everything.js';
import scopeInOneEnvironment from './scope-in-one-environment.js';
import scopeNotRegistered from './scope-not-registered.js';
import searchBringsPractitioners from './search-brings-practitioners.js';
import searchBringsStrangers from './search-brings-strangers.js';
import searchByPostRefused from './search-by-post-refused.js';
import searchFails from './search-fails.js';
import searchFilterIgnored from './search-filter-ignored.js';
import searchIndexLags from './search-index-lags.js';
import searchOtherType from './search-other-type.js';
import searchOutcomeWith200 from './search-outcome-with-200.js';
import searchRefused from './search-refused.js';
import searchReused from './search-reused.js';
import searchRowWithOddId from './search-row-with-odd-id.js';
import searchSlowWhenWide from './search-slow-when-wide.js';
import searchStrictRefused from './search-strict-refused.js';
import searchTotalWrong from './search-total-wrong.js';
import searchesNotAudited from './searches-not-audited.js';
import sensitiveRecordUnmarked from './sensitive-record-unmarked.js';
import signInAddressWithName from './sign-in-address-with-name.js';
import signerShownAsMachine from './signer-shown-as-machine.js';
import slotBookedTwice from './slot-booked-twice.js';
import slotBookedTwiceAtOnce from './slot-booked-twice-at-once.js';
import slotsForbidden from './slots-forbidden.js';
import slotsHeldUnseen from './slots-held-unseen.js';
import slowDownForAnHour from './slow-down-for-an-hour.js';
import slowDownWithoutATime from './slow-down-without-a-time.js';
import staleDeleteAccepted from './stale-delete-accepted.js';
import stalePatchAccepted from './stale-patch-accepted.js';
import stalePutAccepted from './stale-put-accepted.js';
import statementChangedSince from './statement-changed-since.js';
import statusTimeDropped from './status-time-dropped.js';
import statusTimeOfAnotherZone from './status-time-of-another-zone.js';
import statementMissing from './statement-missing.js';
import statementOfAnotherRelease from './statement-of-another-release.js';
import stopDrillOutOfDate from './stop-drill-out-of-date.js';
import subscriptionFilterIgnored from './subscription-filter-ignored.js';
import subscriptionNotOffered from './subscription-not-offered.js';
import subscriptionOverPlainHttp from './subscription-over-plain-http.js';
import subscriptionStatusMissing from './subscription-status-missing.js';
import subscriptionStuck from './subscription-stuck.js';
import subscriptionWithoutHandshake from './subscription-without-handshake.js';
import systemWithoutAFile from './system-without-a-file.js';
import taskRequestedByClinician from './task-requested-by-clinician.js';
import threeWarningSigns from './three-warning-signs.js';
import tlsWithoutNewest from './tls-without-newest.js';
import tokenAnswerIsHtml from './token-answer-is-html.js';
import tokenEndpointElsewhere from './token-endpoint-elsewhere.js';
import tokenEndpointRedirects from './token-endpoint-redirects.js';
import tokenLivesTwoHours from './token-lives-two-hours.js';
import tokenOutlivesItsCode from './token-outlives-its-code.js';
import tokenWithLineBreak from './token-with-line-break.js';
import trainingWithoutAgreement from './training-without-agreement.js';
import triggerWithoutBudget from './trigger-without-budget.js';
import transactionAsBatch from './transaction-as-batch.js';
import transactionHalfStored from './transaction-half-stored.js';
import twinHidden from './twin-hidden.js';
import twoPrimaryTriggers from './two-primary-triggers.js';
import unaskedScopeGranted from './unasked-scope-granted.js';
import unknownPatientDropped from './unknown-patient-dropped.js';
import unknownTypeEmpty from './unknown-type-empty.js';
import usCoreOfAnotherTime from './us-core-of-another-time.js';
import verifierNotRequired from './verifier-not-required.js';
import versionsNotKept from './versions-not-kept.js';
import webhookInClearText from './webhook-in-clear-text.js';
import wildcardUnexplained from './wildcard-unexplained.js';
import writeScopeNotNeeded from './write-scope-not-needed.js';
import writeScopeWithheld from './write-scope-withheld.js';
import writeSlowTail from './write-slow-tail.js';
import writesNotOffered from './writes-not-offered.js';
import writesOneAtATime from './writes-one-at-a-time.js';
import writtenElementChanged from './written-element-changed.js';
import writtenElementDropped from './written-element-dropped.js';
import siteUncheckedOnRead from './site-unchecked-on-read.js';
import siteUncheckedOnSearch from './site-unchecked-on-search.js';
import siteUncheckedOnSlots from './site-unchecked-on-slots.js';
import oneClientForTwoWorkflows from './one-client-for-two-workflows.js';
import workflowsShareRights from './workflows-share-rights.js';
import assertionReplayed from './assertion-replayed.js';
import assertionOf100Minutes from './assertion-of-100-minutes.js';
import assertionAudienceUnchecked from './assertion-audience-unchecked.js';
import assertionUnsigned from './assertion-unsigned.js';
import assertionSignatureUnchecked from './assertion-signature-unchecked.js';
import assertionExpiryUnchecked from './assertion-expiry-unchecked.js';
import assertionSubjectUnchecked from './assertion-subject-unchecked.js';
import keySetOfAnyone from './key-set-of-anyone.js';
import signInRefusedWithoutACode from './sign-in-refused-without-a-code.js';
import endedTokenWorks from './ended-token-works.js';
import revokedTokenWorks from './revoked-token-works.js';
import introspectionSaysActive from './introspection-says-active.js';
import tokensCannotBeWithdrawn from './tokens-cannot-be-withdrawn.js';
import oneKeyForAllOrganizations from './one-key-for-all-organizations.js';
import searchWithholdsSilently from './search-withholds-silently.js';
import searchWithholdsAndSaysSo from './search-withholds-and-says-so.js';
import searchBringsOldCopies from './search-brings-old-copies.js';
import scheduleAsACopy from './schedule-as-a-copy.js';
import attachmentNeedsLogin from './attachment-needs-login.js';
import attachmentElsewhere from './attachment-elsewhere.js';
import attachmentOfAnotherType from './attachment-of-another-type.js';
import medicationLinksBroken from './medication-links-broken.js';
import offersInATakenRoom from './offers-in-a-taken-room.js';
import offersWhileClosed from './offers-while-closed.js';
import slotsKeptFromPrograms from './slots-kept-from-programs.js';
import reverseIncludeOfOthers from './reverse-include-of-others.js';
import reverseIncludeUnchecked from './reverse-include-unchecked.js';
import searchTotalIsPage from './search-total-is-page.js';
import searchParameterUnknownIgnored from './search-parameter-unknown-ignored.js';
import pageLinksExpire from './page-links-expire.js';
import cardInvalid from './card-invalid.js';
import systemActionWithoutReview from './system-action-without-review.js';
import cardOnEveryCall from './card-on-every-call.js';
import cardFeedbackNotTaken from './card-feedback-not-taken.js';
import cardWithoutId from './card-without-id.js';
import cardWithoutData from './card-without-data.js';
import cardDataMissingIsError from './card-data-missing-is-error.js';
import cardAsksBeyondContract from './card-asks-beyond-contract.js';
import cardCallerUnknown from './card-caller-unknown.js';
import cardCallerUnsigned from './card-caller-unsigned.js';
import cardCallerSignatureUnchecked from './card-caller-signature-unchecked.js';
import cardCallerSharedSecret from './card-caller-shared-secret.js';
import cardCallerNamesItsKeys from './card-caller-names-its-keys.js';
import cardCallerOtherAudience from './card-caller-other-audience.js';
import cardCallerExpired from './card-caller-expired.js';
import cardCallerOtherTenant from './card-caller-other-tenant.js';
import cardCallerReplayed from './card-caller-replayed.js';
import cardSlow from './card-slow.js';

export const deviations: readonly Deviation[] = [
  actionNobodyMay,
  addressesRelative,
  anotherProductAnswers,
  anyVerifierAccepted,
  appComparesIssuerLoosely,
  appGoesWhereTold,
  appNeedsNoLaunch,
  appOpenedByItself,
  appOpensForAnyIssuer,
  appStateOfAnyBrowser,
  appStateShort,
  appStateUnchecked,
  appStateUsedTwice,
  appStaysSignedIn,
  appSecondEndsFirst,
  appHonoursOtherOrganization,
  appBannerOfLastLaunch,
  appOneSessionABrowser,
  appOpensForPatients,
  appIgnoresRole,
  appShowsAnyPatient,
  appFilterOpen,
  appExportOpen,
  appViewerOpen,
  attachmentsOfEveryPatient,
  auditEventsNotOffered,
  auditLogLate,
  auditLogStatedEditable,
  auditNamesOneUser,
  auditRecordsDeletable,
  auditRecordsDoubled,
  auditRecordsEditable,
  auditWithClinicalValues,
  auditWithWholeToken,
  auditWithoutAgent,
  auditWithoutPatient,
  auditWithoutUser,
  auditWithoutVersion,
  availabilityFallsBack,
  batchEntriesUnchecked,
  bundleUnlabelled,
  cacheSharedByOrganizations,
  cancelFails,
  cancelKeepsSlot,
  cancelRefused,
  cancelledStillListed,
  capabilitiesMissing,
  caseAssumesFailedWriteBack,
  caseAssumesMore,
  certificateEndsThisWeek,
  certificateExpired,
  certificateOfAnotherName,
  changesNotAudited,
  clock40SecondsOff,
  clockFarOff,
  clocksOfTwoNodes,
  codeAcceptedTwice,
  commitWithoutUndo,
  conditionNotCompiling,
  connectionLetterEnded,
  consentIgnored,
  contractAllowsLess,
  contractStillDraft,
  createAccepted,
  createFails,
  createLocationElsewhere,
  createLocationRelative,
  createNotStored,
  createOutcomeWith200,
  createRefused,
  createScopeUnchecked,
  createStoredWith500,
  createWithoutLocation,
  createWithoutTrace,
  deleteNotOffered,
  diagnosticsWithName,
  discoveryByAccept,
  discoveryMissing,
  downtimeNotDrilled,
  duplicateInAnotherForm,
  draftEndsReviewed,
  draftInvisibleToStaff,
  draftRefused,
  draftStoredFinal,
  errorPageWithName,
  eventNeverTold,
  eventNotCounted,
  everythingGranted,
  expiresInEndless,
  expiresInNegative,
  expiresInText,
  factsSheetOfAnotherUse,
  factsSheetOutOfDate,
  factsSheetPartial,
  feedGarblesStart,
  feedLosesMessages,
  feedNeverResends,
  feedOfAnotherPatient,
  feedWithoutTime,
  fieldDropped,
  fieldUnknownToFhir,
  flowWithoutParty,
  forbiddenStepTaken,
  frontDeskChangesVisits,
  frontDeskListMissesBookings,
  frontDeskReadsEverything,
  heartbeatNeverSent,
  historyCurrentOnly,
  historyMissing,
  historyWithoutContent,
  idTokenOfAnotherKey,
  idTokenUnsigned,
  ifNoneExistIgnored,
  includeBeyondThePatient,
  includeUnchecked,
  invalidCodeMended,
  invalidCodeStored,
  invalidWriteFails,
  invalidWriteUnexplained,
  issuerOfAnotherOrganization,
  keyMissing,
  keysAtAMetadataAddress,
  keysOverPlainHttp,
  labelDropped,
  labelledRecordReleased,
  latencyAnswerMisspelled,
  latencyBetweenNoPoints,
  launchContextKept,
  launchOfAnotherPatient,
  launchWithoutPatient,
  launchWithoutVisit,
  leaky,
  logInventsAWrite,
  logMissesAWrite,
  logWithoutReviewer,
  loginOfTwoRoles,
  machineLabelDropped,
  machineMayFinalise,
  metricNeverCounted,
  missedEventsHidden,
  missedEventsNotKept,
  missingElementFilled,
  modelHostWithoutAgreement,
  nextLinkElsewhere,
  nextLinkExpired,
  nextLinkLoops,
  noReviewUnsigned,
  nobodyMaySign,
  notificationDoubled,
  notificationLate,
  notificationLost,
  notificationOfAnotherRecord,
  notificationOftenLate,
  notificationOutOfOrder,
  notificationWithRecord,
  oldTlsAccepted,
  otherFhirBaseAccepted,
  outputUnstable,
  overrideOutsideItsSet,
  overrideUndeclared,
  parameterUnknownToFhir,
  passwordGrantOffered,
  patchDropsElements,
  patchInOneEnvironment,
  patchNotApplied,
  patchNotOffered,
  patchUndeclared,
  patientBoundaryOnPatientsOnly,
  patientReadsNotAudited,
  patientScopeCreatesForOthers,
  patientScopeReadsEverybody,
  peerClientAccepted,
  peerTokenAccepted,
  plainChallengeAccepted,
  plainChallengeOffered,
  pollOverLimit,
  pollSearchRefused,
  pollTooSlow,
  provenanceRefused,
  readBringsAnother,
  readFails,
  readRefused,
  readScopeAlsoSearches,
  reTyper,
  rebookingRefused,
  recordTimesOfAnotherClock,
  redirectByHost,
  redirectByPrefix,
  redirectSlashTolerated,
  refusalUndecided,
  refusalsAuditedAsSuccess,
  refusalsNotAudited,
  resourceWithoutFields,
  reviewIgnored,
  riskAnalysisNotStated,
  roleMisspelled,
  safeguardsOutOfDate,
  schedulerRefusedSlots,
  scopeEcho,
  scopeForEverything,
  scopeInOneEnvironment,
  scopeNotRegistered,
  searchBringsPractitioners,
  searchBringsStrangers,
  searchByPostRefused,
  searchFails,
  searchFilterIgnored,
  searchIndexLags,
  searchOtherType,
  searchOutcomeWith200,
  searchRefused,
  searchReused,
  searchRowWithOddId,
  searchSlowWhenWide,
  searchStrictRefused,
  searchTotalWrong,
  searchesNotAudited,
  sensitiveRecordUnmarked,
  signerShownAsMachine,
  signInAddressWithName,
  slotBookedTwice,
  slotBookedTwiceAtOnce,
  slotsForbidden,
  slotsHeldUnseen,
  slowDownForAnHour,
  slowDownWithoutATime,
  staleDeleteAccepted,
  stalePatchAccepted,
  stalePutAccepted,
  statementChangedSince,
  statusTimeDropped,
  statusTimeOfAnotherZone,
  statementMissing,
  statementOfAnotherRelease,
  stopDrillOutOfDate,
  subscriptionFilterIgnored,
  subscriptionNotOffered,
  subscriptionOverPlainHttp,
  subscriptionStatusMissing,
  subscriptionStuck,
  subscriptionWithoutHandshake,
  systemWithoutAFile,
  taskRequestedByClinician,
  threeWarningSigns,
  tlsWithoutNewest,
  tokenAnswerIsHtml,
  tokenEndpointElsewhere,
  tokenEndpointRedirects,
  tokenLivesTwoHours,
  tokenOutlivesItsCode,
  tokenWithLineBreak,
  trainingWithoutAgreement,
  triggerWithoutBudget,
  transactionAsBatch,
  transactionHalfStored,
  twinHidden,
  twoPrimaryTriggers,
  unaskedScopeGranted,
  unknownPatientDropped,
  unknownTypeEmpty,
  usCoreOfAnotherTime,
  verifierNotRequired,
  versionsNotKept,
  webhookInClearText,
  wildcardUnexplained,
  writeScopeNotNeeded,
  writeScopeWithheld,
  writeSlowTail,
  writesNotOffered,
  writesOneAtATime,
  writtenElementChanged,
  writtenElementDropped,
  siteUncheckedOnRead,
  siteUncheckedOnSearch,
  siteUncheckedOnSlots,
  oneClientForTwoWorkflows,
  workflowsShareRights,
  assertionReplayed,
  assertionOf100Minutes,
  assertionAudienceUnchecked,
  assertionUnsigned,
  assertionSignatureUnchecked,
  assertionExpiryUnchecked,
  assertionSubjectUnchecked,
  keySetOfAnyone,
  signInRefusedWithoutACode,
  endedTokenWorks,
  revokedTokenWorks,
  introspectionSaysActive,
  tokensCannotBeWithdrawn,
  oneKeyForAllOrganizations,
  searchWithholdsSilently,
  searchWithholdsAndSaysSo,
  searchBringsOldCopies,
  scheduleAsACopy,
  attachmentNeedsLogin,
  attachmentElsewhere,
  attachmentOfAnotherType,
  medicationLinksBroken,
  offersInATakenRoom,
  offersWhileClosed,
  slotsKeptFromPrograms,
  reverseIncludeOfOthers,
  reverseIncludeUnchecked,
  searchTotalIsPage,
  searchParameterUnknownIgnored,
  pageLinksExpire,
  cardInvalid,
  systemActionWithoutReview,
  cardOnEveryCall,
  cardFeedbackNotTaken,
  cardWithoutId,
  cardWithoutData,
  cardDataMissingIsError,
  cardAsksBeyondContract,
  cardCallerUnknown,
  cardCallerUnsigned,
  cardCallerSignatureUnchecked,
  cardCallerSharedSecret,
  cardCallerNamesItsKeys,
  cardCallerOtherAudience,
  cardCallerExpired,
  cardCallerOtherTenant,
  cardCallerReplayed,
  cardSlow,
  doubleBooker,
  overwriter,
  guesser,
  silentSigner,
  shamCanceller,
  signingScribe,
  guessingScribe,
  hastyScribe,
  unstoppable,
  earlyConfirmer,
  halfWriter,
  denier,
  tunneller,
  overwritingTracker,
  halfTracker,
];
