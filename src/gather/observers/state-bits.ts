/** A random UUID fixes six of its 128 bits. https://www.rfc-editor.org/rfc/rfc9562#section-5.4 */
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;
const alphabets: readonly (readonly [shape: RegExp, size: number])[] = [
  [/^\d*$/, 10],
  [/^[\da-f]*$|^[\dA-F]*$/, 16],
  [/^[\da-z]*$|^[\dA-Z]*$/, 36],
];
const largestAlphabet = 64;
/** Fewer may have characters in common by chance. */
export const fewestToCompare = 5;

/**
 * Bits of chance the shortest of these values could hold at most, by the characters that stand in it; what is the same at
 * the same place in all of them is no chance. What is really random nobody can see from outside.
 */
export function bitsAtMost(values: readonly string[]): number {
  const bits = values.map((value) => {
    if (uuid.test(value)) return 122;
    const characters = value.split('');
    const changing =
      values.length < fewestToCompare
        ? characters
        : characters.filter((each, index) => values.some((other) => other.at(index) !== each));
    const size = alphabets.find(([shape]) => shape.test(changing.join('')))?.[1] ?? largestAlphabet;
    return changing.length * Math.log2(size);
  });
  return bits.length === 0 ? 0 : Math.floor(Math.min(...bits));
}
