const httpDate = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;

/**
 * How long a `Retry-After` header asks to wait: whole seconds or an HTTP date
 * (https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3). `undefined` for an absent or unreadable value.
 * @param wallMs  now, milliseconds since 1970, to count a date from
 * @param mostMs  the longest wait there is time for; beyond it `honoured` is false and `waitMs` is `mostMs`
 */
export function retryAfter(
  value: string | undefined,
  wallMs: number,
  mostMs: number,
): { readonly waitMs: number; readonly honoured: boolean } | undefined {
  const text = value?.trim() ?? '';
  let askedMs: number;
  if (/^\d{1,15}$/.test(text)) askedMs = Number(text) * 1_000;
  else if (httpDate.test(text)) askedMs = Math.max(0, Date.parse(text) - wallMs);
  else return undefined;
  if (Number.isNaN(askedMs)) return undefined;
  return { waitMs: Math.min(askedMs, mostMs), honoured: askedMs <= mostMs };
}
