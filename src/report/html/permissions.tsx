import type { Scorecard } from '../../model/scorecard.js';
import { allowedWords, seenWords, siteWords, usedByWords } from '../tables.js';
import { outcomeTones } from '../tones.js';
import { ScrollingTable, Section, Sign } from './elements.js';

type Cell = Scorecard['matrix'][number];
const sites = ['own', 'any', 'other'] as const;

const distinct = <Item,>(items: readonly Item[]): Item[] => [...new Set(items)];

/** What the contract allows here, and whether it was seen so. */
const Allowed = ({ cell }: { readonly cell: Cell }) => (
  <div class={`cell ${outcomeTones[cell.outcome]}`}>
    <Sign tone={outcomeTones[cell.outcome]} /> <code>{allowedWords(cell)}</code>{' '}
    <span class={cell.outcome === 'pass' ? 'unseen' : undefined}>{seenWords(cell)}</span>
  </div>
);

/** Role and site by resource type. */
export function Permissions({ scorecard: { matrix } }: { readonly scorecard: Scorecard }) {
  const types = distinct(matrix.map(({ resourceType }) => resourceType));
  const rows = distinct(matrix.map(({ role }) => role)).flatMap((role) =>
    sites.flatMap((site) => {
      const cells = matrix.filter((cell) => cell.role === role && cell.site === site);
      return cells.length === 0 ? [] : [{ role, site, cells }];
    }),
  );
  return (
    <Section id="permissions" title="Permissions">
      <p>
        What the contract allows a role: <code>c</code> create, <code>r</code> read, <code>u</code> update,{' '}
        <code>d</code> delete, <code>s</code> search. <Sign tone="good" /> stands where it was seen so: what is allowed
        worked, and what is not was refused.
      </p>
      <ScrollingTable caption="Permissions by role, site and resource type">
        <thead>
          <tr>
            <th scope="col">role</th>
            <th scope="col">site</th>
            {types.map((type) => (
              <th scope="col">{type}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ role, site, cells }) => (
            <tr>
              <th scope="row">
                {role} <span class="aside">{distinct(cells.map(usedByWords)).join(', ')}</span>
              </th>
              <td>{siteWords[site]}</td>
              {types.map((type) => (
                <td>
                  {cells
                    .filter(({ resourceType }) => resourceType === type)
                    .map((cell) => (
                      <Allowed cell={cell} />
                    ))}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </ScrollingTable>
    </Section>
  );
}
