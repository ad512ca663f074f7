/** `actions[book].controls.undo` as steps: a key of a map, or an item of a list by its id. */
export type OverrideStep = { readonly key: string } | { readonly id: string };

const whole = /^[A-Za-z0-9_-]+(\[[A-Za-z0-9_-]+\]|\.[A-Za-z0-9_-]+)*$/;
const part = /\[([^\]]+)\]|([^.[\]]+)/g;

/** Steps of an override path; undefined when the text is none. */
export function overrideSteps(path: string): OverrideStep[] | undefined {
  if (!whole.test(path)) return undefined;
  return [...path.matchAll(part)].map(([, id, key]) => (id === undefined ? { key: key ?? '' } : { id }));
}

/** The JSON pointer (RFC 6901) an override path selects in a contract; undefined when it selects nothing. */
export function overridePointer(contract: object, path: string): string | undefined {
  let pointer = '';
  let at: unknown = contract;
  for (const step of overrideSteps(path) ?? [{ key: '' }]) {
    const key = stepKey(at, step);
    if (key === undefined) return undefined;
    pointer += `/${key}`;
    at = (at as Record<string, unknown>)[key];
  }
  return pointer;
}

/** A copy of `value` in which what `steps` select is replaced; unchanged when they select nothing. */
export function replaceAt(value: unknown, steps: readonly OverrideStep[], replace: (old: unknown) => unknown): unknown {
  const [step, ...rest] = steps;
  if (step === undefined) return replace(value);
  const key = stepKey(value, step);
  if (key === undefined) return value;
  if (Array.isArray(value)) {
    return value.map((item: unknown, index) => (String(index) === key ? replaceAt(item, rest, replace) : item));
  }
  const map = value as Record<string, unknown>;
  return { ...map, [key]: replaceAt(map[key], rest, replace) };
}

function stepKey(at: unknown, step: OverrideStep): string | undefined {
  if ('id' in step) {
    const index = Array.isArray(at) ? at.findIndex((item: { id?: unknown } | null) => item?.id === step.id) : -1;
    return index === -1 ? undefined : String(index);
  }
  return typeof at === 'object' && at !== null && !Array.isArray(at) && Object.hasOwn(at, step.key)
    ? step.key
    : undefined;
}
