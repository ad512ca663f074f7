import type { Deviation } from '../deviation.js';
import fieldDropped from './field-dropped.js';
import nextLinkElsewhere from './next-link-elsewhere.js';
import nextLinkExpired from './next-link-expired.js';
import nextLinkLoops from './next-link-loops.js';
import pollOverLimit from './poll-over-limit.js';
import pollSearchRefused from './poll-search-refused.js';
import pollTooSlow from './poll-too-slow.js';
import readBringsAnother from './read-brings-another.js';
import readFails from './read-fails.js';
import readRefused from './read-refused.js';
import searchBringsStrangers from './search-brings-strangers.js';
import searchByPostRefused from './search-by-post-refused.js';
import searchFails from './search-fails.js';
import searchFilterIgnored from './search-filter-ignored.js';
import searchOtherType from './search-other-type.js';
import searchOutcomeWith200 from './search-outcome-with-200.js';
import searchRefused from './search-refused.js';
import searchRowWithOddId from './search-row-with-odd-id.js';
import searchStrictRefused from './search-strict-refused.js';
import searchTotalWrong from './search-total-wrong.js';
import slotsForbidden from './slots-forbidden.js';
import slotsHeldUnseen from './slots-held-unseen.js';
import stalePatchAccepted from './stale-patch-accepted.js';
import subscriptionNotOffered from './subscription-not-offered.js';
import unknownTypeEmpty from './unknown-type-empty.js';
import writeScopeWithheld from './write-scope-withheld.js';
import writesNotOffered from './writes-not-offered.js';

export const deviations: readonly Deviation[] = [
  fieldDropped,
  nextLinkElsewhere,
  nextLinkExpired,
  nextLinkLoops,
  pollOverLimit,
  pollSearchRefused,
  pollTooSlow,
  readBringsAnother,
  readFails,
  readRefused,
  searchBringsStrangers,
  searchByPostRefused,
  searchFails,
  searchFilterIgnored,
  searchOtherType,
  searchOutcomeWith200,
  searchRefused,
  searchRowWithOddId,
  searchStrictRefused,
  searchTotalWrong,
  slotsForbidden,
  slotsHeldUnseen,
  stalePatchAccepted,
  subscriptionNotOffered,
  unknownTypeEmpty,
  writeScopeWithheld,
  writesNotOffered,
];
