/** Values for `{{…}}` holes, by their whole name (`slot.id`, `trigger.from`). */
export type TemplateValues = ReadonlyMap<string, string>;

const hole = /\{\{([A-Za-z0-9_.+-]{1,80})\}\}/g;

/** Names of all holes in a text or JSON body, each once, in order. */
export function holesOf(template: unknown): string[] {
  const text = typeof template === 'string' ? template : JSON.stringify(template ?? '');
  return [...new Set([...text.matchAll(hole)].map((match) => match[1] ?? ''))];
}

/** Raised when a hole has no value; its probe reports the missing test object. */
export class MissingTemplateValue extends Error {
  override readonly name = 'MissingTemplateValue';
  readonly hole: string;

  constructor(name: string) {
    super(`no value for {{${name}}}`);
    this.hole = name;
  }
}

const valueOf = (values: TemplateValues, name: string, now: Date): string => {
  const value = values.get(name) ?? clockValue(name, now);
  if (value === undefined) throw new MissingTemplateValue(name);
  return value;
};

// {{now}} and {{now+P30D}}.
function clockValue(name: string, now: Date): string | undefined {
  const match = /^now(?:([+-])P(\d{1,4})D)?$/.exec(name);
  if (match === null) return undefined;
  const days = match[2] === undefined ? 0 : Number(match[2]) * (match[1] === '-' ? -1 : 1);
  return new Date(now.getTime() + days * 86_400_000).toISOString();
}

export interface SearchRequest {
  readonly type: string;
  readonly parameters: readonly (readonly [string, string])[];
}

/** `Type?name=value&…` with its holes filled; values stay unencoded here and are encoded one by one when sent. */
export function fillSearch(template: string, values: TemplateValues, now: Date): SearchRequest {
  const [type = '', query = ''] = template.split(/\?(.*)/s);
  const parameters = query
    .split('&')
    .filter(Boolean)
    .map((pair): [string, string] => {
      const [name = '', value = ''] = pair.split(/=(.*)/s);
      return [name, value.replaceAll(hole, (_, key: string) => valueOf(values, key, now))];
    });
  return { type, parameters };
}

/** A path such as `Slot/{{slot.id}}` with its holes filled. */
export const fillText = (template: string, values: TemplateValues, now: Date): string =>
  template.replaceAll(hole, (_, key: string) => valueOf(values, key, now));

/** A JSON body with the holes in its strings filled. */
export function fillBody<T>(body: T, values: TemplateValues, now: Date): T {
  if (typeof body === 'string') return fillText(body, values, now) as T;
  if (Array.isArray(body)) return body.map((each: unknown) => fillBody(each, values, now)) as T;
  if (typeof body === 'object' && body !== null) {
    return Object.fromEntries(
      Object.entries(body).map(([key, inner]) => [key, fillBody(inner as unknown, values, now)]),
    ) as T;
  }
  return body;
}
