import type { FactValue } from '../fact.js';

/** Whether a JSON pointer is another one or lies below it. */
export const liesAt = (pointer: string, above: string): boolean => pointer === above || pointer.startsWith(`${above}/`);

/** Whether something at this place, or around it, is a template's default that nobody has agreed to yet. */
export function isUnconfirmed({ status, pointers }: FactValue<'template-defaults'>, place: string): boolean {
  if (status === 'agreed' || status === 'frozen') return false;
  return pointers.some((pointer) => liesAt(pointer, place) || liesAt(place, pointer));
}
