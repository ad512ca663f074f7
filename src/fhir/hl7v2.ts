/** An HL7 v2 message, taken apart as far as asked; fields are still escaped. HL7 v2.5.1, chapter 2. */
export interface Hl7Message {
  /** `SIU^S15` */
  readonly type: string;
  /** MSH-10, as sent. */
  readonly controlId: string;
  /** Value of a component, unescaped, at most 1,000 characters; `` where there is none. Numbers count from 1. */
  value(segment: string, field: number, component?: number, repetition?: number): string;
  /** How often a field is repeated in the first segment of this name. */
  repetitions(segment: string, field: number): number;
  has(segment: string): boolean;
}

interface Delimiters {
  readonly field: string;
  readonly component: string;
  readonly repetition: string;
  readonly escape: string;
  readonly subcomponent: string;
}

interface Segments {
  readonly marks: Delimiters;
  /** Of the first segment of each name; index 1 is field 1. */
  readonly fields: ReadonlyMap<string, readonly string[]>;
}

const mostSegments = 2_000;
const mostFields = 200;
const mostRepetitions = 50;
const mostCharacters = 1_000;
const read = new WeakMap<Hl7Message, Segments>();

/** Undefined for anything that is not one message with a header that names its type and control id. */
export function readHl7Message(bytes: Uint8Array): Hl7Message | undefined {
  const segments = segmentsOf(bytes);
  if (segments === undefined) return undefined;
  const { marks, fields } = segments;
  const raw = (segment: string, field: number): string => fields.get(segment)?.[field] ?? '';
  const value: Hl7Message['value'] = (segment, field, component = 1, repetition = 1) => {
    const one = raw(segment, field).split(marks.repetition, mostRepetitions)[repetition - 1] ?? '';
    const [part = ''] = (one.split(marks.component, mostFields)[component - 1] ?? '').split(marks.subcomponent, 1);
    return unescaped(part, marks);
  };
  const [code, event] = [value('MSH', 9, 1), value('MSH', 9, 2)];
  const controlId = raw('MSH', 10);
  if (!/^[A-Z]{3}$/.test(code) || !/^[A-Z0-9]{0,3}$/.test(event) || controlId === '' || controlId.length > 199) {
    return undefined;
  }
  const message: Hl7Message = {
    type: event === '' ? code : `${code}^${event}`,
    controlId,
    value,
    repetitions: (segment, field) =>
      raw(segment, field) === '' ? 0 : raw(segment, field).split(marks.repetition, mostRepetitions).length,
    has: (segment) => fields.has(segment),
  };
  read.set(message, segments);
  return message;
}

function segmentsOf(bytes: Uint8Array): Segments | undefined {
  const [field, component = '', repetition = '', escape = '', subcomponent = ''] = Array.from(
    new TextDecoder('latin1').decode(bytes.subarray(3, 8)),
  );
  if (new TextDecoder('latin1').decode(bytes.subarray(0, 3)) !== 'MSH' || field === undefined) return undefined;
  const marks = { field, component, repetition, escape, subcomponent };
  const distinct = new Set(Object.values(marks));
  if (distinct.size !== 5 || [...distinct].some((mark) => !/^[!-/:-@[-`{-~]$/.test(mark))) return undefined;
  const latin = /\|8859\/1\|?|ISO IR100/.test(
    new TextDecoder('latin1').decode(bytes.subarray(0, 500)).split('\r')[0] ?? '',
  );
  const lines = new TextDecoder(latin ? 'latin1' : 'utf-8').decode(bytes).split(/\r\n?|\n/, mostSegments);
  const fields = new Map<string, readonly string[]>();
  for (const line of lines) {
    const name = line.slice(0, 3);
    if (!/^[A-Z][A-Z0-9]{2}$/.test(name) || fields.has(name)) continue;
    const parts = line.split(field, mostFields);
    // The first delimiter is itself field 1 of the header.
    fields.set(name, name === 'MSH' ? [name, field, ...parts.slice(1)] : parts);
  }
  return { marks, fields };
}

/** Delimiters and characters by number; highlighting and line breaks become spaces. Section 2.7. */
function unescaped(text: string, { field, component, repetition, escape, subcomponent }: Delimiters): string {
  const short = text.slice(0, mostCharacters);
  if (!short.includes(escape)) return short === '""' ? '' : short;
  const named: Readonly<Record<string, string>> = {
    F: field,
    S: component,
    T: subcomponent,
    R: repetition,
    E: escape,
    H: '',
    N: '',
    '.br': ' ',
  };
  const [first = '', ...rest] = short.split(escape, mostCharacters);
  let shown = first;
  for (let index = 0; index < rest.length; index += 2) {
    const [code = '', after = ''] = [rest[index], rest[index + 1]];
    const hex = /^X((?:[0-9A-Fa-f]{2}){1,20})$/.exec(code)?.[1];
    shown += (hex === undefined ? (named[code] ?? '') : Buffer.from(hex, 'hex').toString('utf8')) + after;
  }
  return shown;
}

/** A moment as HL7 writes it (2.A.89): how fine it is, and whether it names its offset. */
export interface Hl7Time {
  /** Milliseconds since 1970; without an offset, as if it were UTC. */
  readonly ms: number;
  readonly resolutionMs: number;
  readonly zoned: boolean;
}

/** Undefined for anything coarser than a minute. */
export function readHl7Time(text: string): Hl7Time | undefined {
  const [, year, month, day, hour, minute, second, fraction, offset] =
    /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(?:(\d{2})(?:\.(\d{1,4}))?)?([+-]\d{4})?$/.exec(text) ?? [];
  if (year === undefined) return undefined;
  const zone = offset === undefined ? 'Z' : `${offset.slice(0, 3)}:${offset.slice(3)}`;
  const ms = Date.parse(
    `${year}-${month}-${day}T${hour}:${minute}:${second ?? '00'}.${(fraction ?? '').padEnd(3, '0').slice(0, 3)}${zone}`,
  );
  if (Number.isNaN(ms)) return undefined;
  const resolutionMs = second === undefined ? 60_000 : Math.max(1, 1_000 / 10 ** (fraction?.length ?? 0));
  return { ms, resolutionMs, zoned: offset !== undefined };
}

/**
 * What is sent back: AA in original mode; in enhanced mode CA where MSH-15 asks for it and AA where MSH-16 does
 * (section 2.9). MSA-2 is MSH-10 as it came.
 * @param nextId a control id of our own
 */
export function acknowledgements(message: Hl7Message, nextId: () => string, now: Date): Uint8Array[] {
  const { marks, fields } = read.get(message) ?? {};
  if (marks === undefined) return [];
  const raw = (field: number): string => clean(fields?.get('MSH')?.[field] ?? '');
  const [accept, application] = [message.value('MSH', 15), message.value('MSH', 16)];
  const enhanced = accept !== '' || application !== '';
  const wanted = (asked: string): boolean => asked === 'AL' || asked === 'SU';
  const codes = enhanced ? [...(wanted(accept) ? ['CA'] : []), ...(wanted(application) ? ['AA'] : [])] : ['AA'];
  const time = now
    .toISOString()
    .replaceAll(/[-:TZ]/g, '')
    .slice(0, 14);
  return codes.map((code) => {
    const { field, component, repetition, escape, subcomponent } = marks;
    const type = ['ACK', ...(message.type.includes('^') ? [clean(message.value('MSH', 9, 2)), 'ACK'] : [])];
    const header = [
      `MSH${field}${component}${repetition}${escape}${subcomponent}`,
      raw(5),
      raw(6),
      raw(3),
      raw(4),
      `${time}+0000`,
      '',
      type.join(component),
      nextId(),
      raw(11) || 'T',
      raw(12) || '2.5.1',
    ].join(field);
    return Buffer.from(`${header}\r${['MSA', code, clean(message.controlId)].join(field)}\r`);
  });
}

// What came from there goes back there, without anything that could end a segment or a frame.
const clean = (text: string): string => text.replaceAll(/\p{Cc}/gu, '').slice(0, 200);
