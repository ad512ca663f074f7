import { visible, visibleProse } from '../escape.js';

/** Fields that hold a sentence of a check or of the scoring; every other text is a name and is cut as one. */
const sentences: ReadonlySet<string> = new Set([
  'action',
  'ask',
  'because',
  'foot',
  'failureTitle',
  'need',
  'notes',
  'notLookedAt',
  'openQuestions',
  'plain',
  'sentence',
  'text',
  'title',
  'why',
  'words',
]);

/**
 * The door of HTML, before preact escapes markup: a copy in which every text, also a name inside free data, is visible
 * text. Pages are made of the copy alone, so no component can forget it.
 */
export function readable<T>(value: T, field = ''): T {
  if (typeof value === 'string') return (sentences.has(field) ? visibleProse(value) : visible(value)) as T;
  if (Array.isArray(value)) return value.map((item: unknown) => readable(item, field)) as T;
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [visible(key), readable(item, key)])) as T;
}
