const dayMs = 86_400_000;

/** Whole days from one moment to another, rounded down; below 0 when it has passed. Both ISO 8601, dates count as 00:00 UTC. */
export const daysUntil = (moment: string, from: string): number =>
  Math.floor((Date.parse(moment) - Date.parse(from)) / dayMs);
