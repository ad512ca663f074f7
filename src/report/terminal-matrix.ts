import { compareCodeUnits } from '../model/order.js';
import type { Scorecard } from '../model/scorecard.js';
import { blank, clipped, columnsOf, indented, line, padded, type Line } from './screen.js';

type Cell = Scorecard['matrix'][number];

const marks = {
  pass: 'ok',
  warn: 'ok',
  fail: 'NOT OK',
  'not-measured': '?',
  error: '?',
  'not-applicable': '?',
} as const;
const groups = [
  ['at its site', (cell: Cell) => cell.site !== 'other'],
  ['elsewhere', (cell: Cell) => cell.site === 'other'],
] as const;
const mostRoleColumns = 24;

/** `Slot, Task ok; Patient ?`: the resource types of one role, put together where the same was seen. */
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
  const roles = [...new Set(matrix.map(({ role }) => role))];
  if (matrix.every(({ outcome }) => marks[outcome] === '?')) return [];
  const roleColumns = Math.min(mostRoleColumns, Math.max(...roles.map(columnsOf))) + 2;
  const siteColumns = Math.max(...groups.map(([site]) => columnsOf(site))) + 2;
  const indent = 2 + roleColumns + siteColumns;
  return [
    blank,
    line({ text: 'Permissions as the contract says (? untested)', tone: 'strong' }),
    ...roles.flatMap((role) =>
      groups.flatMap(([site, within]) => {
        const cells = matrix.filter((cell) => cell.role === role && within(cell));
        if (cells.length === 0) return [];
        const [first, ...rest] = indented(seenWords(cells), indent, width);
        const name = site === groups[0][0] ? role : '';
        return [
          line(
            '  ',
            padded(clipped(name, roleColumns - 1), roleColumns),
            padded(site, siteColumns),
            ...(first ?? []).slice(1),
          ),
          ...rest,
        ];
      }),
    ),
  ];
}
