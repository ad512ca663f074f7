import { blank, indented, line, padded, type Line, type Piece } from './screen.js';

export const diagnosisAreas = ['file', 'secrets', 'endpoints', 'certificates', 'clocks', 'sign-in'] as const;

/** One thing `doctor` looked at. The words are ours; ids, addresses and numbers are data. */
export interface Diagnosis {
  readonly area: (typeof diagnosisAreas)[number];
  readonly what: string;
  /** `unavailable`: nobody answered, so nothing is known. */
  readonly level: 'well' | 'note' | 'ill' | 'unavailable';
  readonly found: string;
  /** What to do about it. */
  readonly next?: string;
}

const titles: Readonly<Record<Diagnosis['area'], string>> = {
  file: 'Organization file',
  secrets: 'Keys and secrets',
  endpoints: 'Endpoints, asked once without a credential',
  certificates: 'Certificates',
  clocks: 'Clocks, against this machine',
  'sign-in': 'Sign-in',
};
const marks: Readonly<Record<Diagnosis['level'], Piece>> = {
  well: { text: '+', tone: 'good' },
  note: { text: '~', tone: 'partly' },
  ill: { text: 'x', tone: 'bad' },
  unavailable: { text: '?', tone: 'unknown' },
};
const widestName = 26;

/** What `doctor` found, for a terminal of `width` columns. */
export function diagnosisPage(about: string, findings: readonly Diagnosis[], width: number): Line[] {
  const names = Math.min(widestName, Math.max(0, ...findings.map(({ what }) => what.length))) + 2;
  const one = ({ what, level, found, next }: Diagnosis): Line[] => {
    const beside = 4 + names;
    const [first = blank, ...more] = indented(found, beside, width);
    const fits = what.length < names;
    const head = line('  ', marks[level], ' ', padded(what, names));
    return [
      ...(fits ? [[...head, ...first.slice(1)]] : [head, [...first]]),
      ...more,
      ...(next === undefined ? [] : indented(`-> ${next}`, beside, width, 'quiet')),
    ];
  };
  const counts = (['ill', 'unavailable', 'note'] as const).map((level) => {
    const n = findings.filter((each) => each.level === level).length;
    return { level, n };
  });
  const words = { ill: 'to repair', unavailable: 'without an answer', note: 'to look at' } as const;
  const said = counts.filter(({ n }) => n > 0).map(({ level, n }) => `${n} ${words[level]}`);
  return [
    line({ text: 'DOCTOR', tone: 'strong' }, '   ', about),
    ...diagnosisAreas.flatMap((area) => {
      const own = findings.filter((each) => each.area === area);
      return own.length === 0 ? [] : [blank, line({ text: titles[area], tone: 'strong' }), ...own.flatMap(one)];
    }),
    blank,
    line(said.length === 0 ? 'Nothing found that would stop a run.' : `${said.join(', ')}.`),
  ];
}
