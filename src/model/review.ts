/** A draft is left alone until its review is overdue where that is no longer than this. */
export const longestReviewWaitMs = 30_000;
