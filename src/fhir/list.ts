/** The objects in a list somebody sent, as many as are looked at; none where it is no list. */
export const objectsIn = <T extends object>(value: readonly T[] | undefined, most = 200): T[] =>
  (Array.isArray(value) ? (value as readonly T[]) : [])
    .slice(0, most)
    .filter((each) => typeof each === 'object' && each !== null);
