import { expect, it } from 'vitest';
import { acknowledgements, readHl7Message, readHl7Time } from '../../src/fhir/hl7v2.js';

const bytes = (...segments: string[]): Uint8Array => Buffer.from(segments.map((each) => `${each}\r`).join(''));
const header = 'MSH|^~\\&|EHR|NORTH|BOT|TEST|20261120080000||SIU^S15^SIU_S12|c-1|T|2.5.1';
const read = (...segments: string[]) => readHl7Message(bytes(...segments));

it('reads type, control id, components and repetitions', () => {
  const message = read(header, 'SCH|p1|f1^EHR|||||||||^^^20261201090000+0000', 'PID|1||A1^^^X~B2&sub^^^Y||Roe^Ann')!;
  expect([message.type, message.controlId]).toEqual(['SIU^S15', 'c-1']);
  expect([message.value('SCH', 2), message.value('SCH', 11, 4)]).toEqual(['f1', '20261201090000+0000']);
  expect([message.value('PID', 3, 1, 2), message.repetitions('PID', 3), message.repetitions('PID', 2)]).toEqual([
    'B2',
    2,
    0,
  ]);
  expect([message.value('MSH', 1), message.value('MSH', 3), message.value('MSH', 9, 3)]).toEqual([
    '|',
    'EHR',
    'SIU_S12',
  ]);
  expect([message.has('EVN'), message.value('EVN', 2), message.value('PID', 5, 9)]).toEqual([false, '', '']);
});

it('takes the delimiters a message brings, line feeds, and the first of several segments', () => {
  const odd = Buffer.from('MSH$%*!?$EHR$$$$$$ADT%A03$7$T$2.3\nPID$1$$A*B\r\nPID$1$$C\n');
  const message = readHl7Message(odd)!;
  expect([message.type, message.value('PID', 3), message.value('PID', 3, 1, 2)]).toEqual(['ADT^A03', 'A', 'B']);
});

it.each([
  ['delimiters', 'A\\F\\B\\S\\C\\T\\D\\R\\E\\E\\F', 'A|B^C&D~E\\F'],
  ['characters by number', 'M\\XC3BC\\ller', 'Müller'],
  ['highlighting and line breaks', '\\H\\Ann\\N\\\\.br\\Roe', 'Ann Roe'],
  ['what nobody knows', 'A\\Zxy\\B', 'AB'],
  ['an escape that does not end', 'A\\F', 'A|'],
  ['explicitly nothing', '""', ''],
  ['no more than a thousand characters', 'a'.repeat(5_000), 'a'.repeat(1_000)],
])('unescapes %s', (_, written, expected) => {
  expect(read(header, `PID|1||||${written}`)!.value('PID', 5)).toBe(expected);
});

it('reads UTF-8, and Latin-1 where the header says so', () => {
  expect(read(header, 'PID|1||||Müller')!.value('PID', 5)).toBe('Müller');
  const latin = Buffer.from(`${header}||||||8859/1\rPID|1||||M\xfcller\r`, 'latin1');
  expect(readHl7Message(latin)!.value('PID', 5)).toBe('Müller');
});

it.each([
  ['nothing', ''],
  ['a page', 'GET / HTTP/1.1\r\n'],
  ['a header alone', 'MSH'],
  ['delimiters that are letters', 'MSHabcde'],
  ['one delimiter for two things', 'MSH|^^\\&|A|B|C|D|1||SIU^S15|1|T|2.5'],
  ['no type', 'MSH|^~\\&|A|B|C|D|1|||1|T|2.5'],
  ['a type of something else', 'MSH|^~\\&|A|B|C|D|1||<script>|1|T|2.5'],
  ['no control id', 'MSH|^~\\&|A|B|C|D|1||SIU^S15||T|2.5'],
  ['an endless control id', `MSH|^~\\&|A|B|C|D|1||SIU^S15|${'9'.repeat(200)}|T|2.5`],
])('is none: %s', (_, text) => {
  expect(readHl7Message(Buffer.from(text))).toBeUndefined();
});

it('stays small with hostile sizes', () => {
  const message = read(header, `PID|${'x|'.repeat(100_000)}`, ...Array.from({ length: 10_000 }, () => 'ZZZ|1'))!;
  expect(message.value('PID', 150_000)).toBe('');
  expect(read(header, `PID|1||${'~'.repeat(100_000)}`)!.repetitions('PID', 3)).toBe(50);
});

it.each([
  ['20261120080000', { ms: Date.UTC(2026, 10, 20, 8), resolutionMs: 1_000, zoned: false }],
  ['202611200800', { ms: Date.UTC(2026, 10, 20, 8), resolutionMs: 60_000, zoned: false }],
  ['20261120080000.25-0600', { ms: Date.UTC(2026, 10, 20, 14, 0, 0, 250), resolutionMs: 10, zoned: true }],
  ['20261120080000.1234+0000', { ms: Date.UTC(2026, 10, 20, 8, 0, 0, 123), resolutionMs: 1, zoned: true }],
])('reads the time %s', (text, expected) => {
  expect(readHl7Time(text)).toEqual(expected);
});

it.each(['', '20261120', '2026112008', '20261320080000', '20261120300000', '20261120080000Z', 'soon'])(
  'reads no time in "%s"',
  (text) => {
    expect(readHl7Time(text)).toBeUndefined();
  },
);

const acked = (accept: string, application: string, id = 'c-1') => {
  const message = read(
    `MSH|^~\\&|EHR|NORTH|BOT|TEST|20261120080000||SIU^S15^SIU_S12|${id}|P|2.5|||${accept}|${application}`,
  )!;
  return acknowledgements(message, () => 'own-1', new Date('2026-11-20T08:00:01.000Z')).map((each) =>
    Buffer.from(each).toString(),
  );
};

it('answers in original mode with AA, to whom it came from', () => {
  expect(acked('', '')).toEqual([
    'MSH|^~\\&|BOT|TEST|EHR|NORTH|20261120080001+0000||ACK^S15^ACK|own-1|P|2.5\rMSA|AA|c-1\r',
  ]);
});

it.each([
  ['AL', 'NE', ['CA']],
  ['NE', 'AL', ['AA']],
  ['AL', 'AL', ['CA', 'AA']],
  ['SU', 'ER', ['CA']],
  ['NE', 'NE', []],
  ['ER', '', []],
])('answers MSH-15 %s and MSH-16 %s with %j', (accept, application, codes) => {
  expect(acked(accept, application).map((text) => /MSA\|(..)\|c-1\r$/.exec(text)?.[1])).toEqual(codes);
});

it('sends nothing back that would end a segment or a frame', () => {
  const [answer = ''] = acked('', '', 'a\u001cb\u000bc\\X0D\\');
  expect(answer.split('\r')).toHaveLength(3);
  expect(answer).toMatch(/MSA\|AA\|abc\\X0D\\\r$/);
});
