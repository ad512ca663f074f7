/** How old answers were at one moment of a window: at least, and at most where that is known; milliseconds. */
export type AgePoint = readonly [atMs: number, atLeastMs: number, atMostMs: number | null];

/** The age fell for certain between these two moments. */
export interface Drop {
  readonly fromMs: number;
  readonly toMs: number;
  /** Before it the age was at least this, after it at most that. */
  readonly beforeMs: number;
  readonly afterMs: number;
}

export interface Sawtooth {
  readonly drops: readonly Drop[];
  /** Between one drop and the next on the average, at least and at most; null with fewer than two. */
  readonly periodMs: readonly [atLeastMs: number, atMostMs: number] | null;
  /** One and the same period explains all drops; null with fewer than three. */
  readonly regular: boolean | null;
  /** Moments whose answer was older than one already given: more than one source answers. */
  readonly backwards: number;
}

/** With a larger share of answers that go back, rises and drops are those of several sources. */
const mostBackwards = 0.1;
const fewestRising = 2;

/** A stretch that one and the same copy explains: made between these two moments. */
interface Stretch {
  earliestMs: number;
  latestMs: number;
  readonly points: AgePoint[];
}

/**
 * Whether answers come out of a copy that is renewed now and then: their age rises by a second a second, and drops. The data
 * behind an answer are as of its moment less its age; as long as one moment explains all answers they can come from one copy.
 * A drop is counted only where the age before it is at least more than the age after it is at most, and where it was seen to
 * rise before: an age that stays, or that nobody could bound, is none.
 */
export function sawtoothOf(points: readonly AgePoint[]): Sawtooth {
  const stretches: Stretch[] = [];
  let backwards = 0;
  for (const point of points) {
    const [atMs, atLeastMs, atMostMs] = point;
    const latestMs = atMs - atLeastMs;
    const earliestMs = atMostMs === null ? Number.NEGATIVE_INFINITY : atMs - atMostMs;
    const current = stretches.at(-1);
    if (current === undefined || earliestMs > current.latestMs) {
      stretches.push({ earliestMs, latestMs, points: [point] });
    } else if (latestMs < current.earliestMs) {
      backwards += 1;
    } else {
      current.earliestMs = Math.max(current.earliestMs, earliestMs);
      current.latestMs = Math.min(current.latestMs, latestMs);
      current.points.push(point);
    }
  }
  if (backwards > mostBackwards * points.length) return { drops: [], periodMs: null, regular: null, backwards };
  const drops = stretches.flatMap((stretch, index) => {
    const next = stretches[index + 1];
    return next === undefined ? [] : (dropBetween(stretch, next) ?? []);
  });
  return { drops, ...periodOf(drops), backwards };
}

function dropBetween(one: Stretch, next: Stretch): Drop | undefined {
  const rising = one.points.filter(([, atLeastMs]) => atLeastMs > 0);
  const beforeMs = Math.max(0, ...rising.map(([, atLeastMs]) => atLeastMs));
  const afterMs = Math.min(...next.points.map(([, , atMostMs]) => atMostMs ?? Number.POSITIVE_INFINITY));
  if (rising.length < fewestRising || beforeMs <= afterMs) return undefined;
  const all = [...one.points, ...next.points];
  // Data as of the next copy cannot have been answered while they were younger than the answer.
  const old = all.findLast(([atMs, atLeastMs]) => atMs - atLeastMs < next.earliestMs);
  const renewed = next.points.find(([atMs, , atMostMs]) => atMostMs !== null && atMs - atMostMs > one.latestMs);
  if (old === undefined || renewed === undefined) return undefined;
  return { fromMs: old[0], toMs: renewed[0], beforeMs, afterMs };
}

function periodOf(drops: readonly Drop[]): Pick<Sawtooth, 'periodMs' | 'regular'> {
  const [first, last] = [drops[0], drops.at(-1)];
  if (first === undefined || last === undefined || drops.length < 2) return { periodMs: null, regular: null };
  const gaps = drops.slice(1).map((drop, index): readonly [number, number] => {
    const before = drops[index] ?? first;
    return [Math.max(0, drop.fromMs - before.toMs), drop.toMs - before.fromMs];
  });
  const times = drops.length - 1;
  return {
    periodMs: [Math.max(0, last.fromMs - first.toMs) / times, (last.toMs - first.fromMs) / times],
    regular:
      drops.length < 3
        ? null
        : Math.max(...gaps.map(([atLeastMs]) => atLeastMs)) <= Math.min(...gaps.map(([, atMostMs]) => atMostMs)),
  };
}
