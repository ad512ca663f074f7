/** What a prefetch template asks for. */
export interface AskedFor {
  /** Resource types its answer may hold, the searched one first; empty where a token alone says what is read. */
  readonly types: readonly string[];
  /** One resource by its id; otherwise a search. */
  readonly read: boolean;
  /** Everything there is about a patient, or includes without a limit. */
  readonly everything: boolean;
}

const typeName = /^[A-Z][A-Za-z]{1,63}$/;

/** Reads `Coverage?patient={{context.patientId}}`. https://cds-hooks.hl7.org/2.0/#prefetch-template */
export function readTemplate(template: string): AskedFor {
  const [path = '', query = ''] = template
    .trim()
    .replace(/^\//, '')
    .split(/\?(.*)/s);
  const [type = '', ...rest] = path.split('/');
  if (!typeName.test(type)) return { types: [], read: true, everything: type.startsWith('$') };
  const included = query.split('&').flatMap((pair) => {
    const [name = '', value = ''] = decoded(pair).split(/=(.*)/s);
    const [source = '', , target = ''] = value.split(':');
    if (name.startsWith('_revinclude')) return [source];
    return name.startsWith('_include') ? [value === '*' ? value : target] : [];
  });
  return {
    types: [...new Set([type, ...included])].filter((each) => typeName.test(each)),
    read: rest.length > 0,
    everything: path.includes('$everything') || included.includes('*'),
  };
}

function decoded(pair: string): string {
  try {
    return decodeURIComponent(pair);
  } catch {
    return pair;
  }
}
