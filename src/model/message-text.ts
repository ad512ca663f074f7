const maxShown = 200;

function shown(value: unknown): string {
  if (Array.isArray(value)) return value.map(shown).join(', ');
  if (typeof value === 'string') return Array.from(value).slice(0, maxShown).join('');
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return value === undefined || value === null ? '?' : JSON.stringify(value).slice(0, maxShown);
}

/** A message's text with its `{holes}` filled from the data; what is not there is `?`. Not escaped for any format. */
export const messageText = (text: string, data: Readonly<Record<string, unknown>>): string =>
  text.replace(/\{([^{}]+)\}/g, (_, hole: string) => shown(Object.hasOwn(data, hole) ? data[hole] : undefined));
