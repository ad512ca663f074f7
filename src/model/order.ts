/** The only order used in output: by UTF-16 code unit, the same on every machine and locale. */
export const compareCodeUnits = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
