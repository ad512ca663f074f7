import { compareCodeUnits } from '../model/order.js';
import type { Scorecard } from '../model/scorecard.js';
import { blank, clipped, columnsOf, line, padded, wrapped, type Line } from './screen.js';

type Cell = Scorecard['matrix'][number];

const marks = {
  pass: 'ok',
  warn: 'ok',
  fail: 'NOT OK',
  'not-measured': '?',
  error: '?',
  'not-applicable': '?',
} as const;
const elsewhere = 'another site';
const mostNameColumns = 24;

/** `? Patient; ok Slot, Task`: the resource types of one role, put together where the same was seen. */
function seenWords(cells: readonly Cell[]): string {
  return (['NOT OK', '?', 'ok'] as const)
    .flatMap((mark) => {
      const types = cells.filter(({ outcome }) => marks[outcome] === mark).map(({ resourceType }) => resourceType);
      return types.length === 0 ? [] : [`${mark} ${types.sort(compareCodeUnits).join(', ')}`];
    })
    .join('; ');
}

/** Role by site: which resource types were seen to be as the contract says, which not, and which nobody tried. */
export function matrixLines({ matrix }: Scorecard, width: number): Line[] {
  if (matrix.every(({ outcome }) => marks[outcome] === '?')) return [];
  const roles = [...new Set(matrix.map(({ role }) => role))];
  const rows = roles.flatMap((role) => {
    const own = matrix.filter((cell) => cell.role === role);
    return [
      { name: role, cells: own.filter(({ site }) => site !== 'other') },
      { name: `  ${elsewhere}`, cells: own.filter(({ site }) => site === 'other') },
    ].filter(({ cells }) => cells.length > 0);
  });
  const columns = Math.min(mostNameColumns, Math.max(...rows.map(({ name }) => columnsOf(name)))) + 2;
  return [
    blank,
    line({ text: 'Permissions as the contract says (? untested)', tone: 'strong' }),
    ...rows.flatMap(({ name, cells }) => {
      const [first = '', ...rest] = wrapped(seenWords(cells), width - columns - 2);
      return [
        line('  ', padded(clipped(name, columns - 1), columns), first),
        ...rest.map((text) => line(' '.repeat(columns + 2), text)),
      ];
    }),
  ];
}
