import { randomInt } from 'node:crypto';
import type { Resource } from 'fhir/r4.js';
import { runDigest } from '../model/audit-access.js';
import { testMarker, type FilledBody } from './test-objects.js';

/** Letters that are not taken for one another on a screen or in a handwritten note. */
const letters = 'BCDFGHJKLMNPQRSTVWXZ';
const wordLength = 8;

/**
 * A body with a word in its description that nobody can know who has not seen it in the EHR; evidence keeps a digest of it.
 * A body that takes no description stays as it is, without a word.
 */
export function withOneTimeWord(
  filled: FilledBody,
  runId: string,
): { readonly filled: FilledBody; readonly wordDigest: string | undefined } {
  const { description } = filled.body as { description?: unknown };
  if (description !== testMarker) return { filled, wordDigest: undefined };
  const word = Array.from({ length: wordLength }, () => letters[randomInt(letters.length)]).join('');
  return {
    filled: { ...filled, body: { ...filled.body, description: `${testMarker} ${word}` } as Resource },
    wordDigest: wordDigestOf(runId, word),
  };
}

/** Digest of a word as a person wrote it down, in any case and with any spaces. */
export const wordDigestOf = (runId: string, word: string): string =>
  runDigest(runId, word.replace(/[^A-Za-z]/g, '').toUpperCase());
