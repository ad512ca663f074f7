import type { ComponentChildren, JSX } from 'preact';
import { isPlainHttps } from '../escape.js';
import type { Piece, Table } from '../phrase.js';
import type { Tone } from '../screen.js';

const signs: Readonly<Record<Tone, string>> = {
  good: '✓',
  bad: '✕',
  partly: '~',
  unknown: '?',
  quiet: '–',
  strong: '',
};

/** A mark beside words that say the same: colour is never the only sign, and neither is this. */
export const Sign = ({ tone }: { readonly tone: Tone }) => (
  <span class={`sign ${tone}`} aria-hidden="true">
    {signs[tone]}
  </span>
);

/** Words of any format as elements. */
export function Words({ of }: { readonly of: Piece }): JSX.Element {
  if (typeof of !== 'object') return <>{of}</>;
  if ('code' in of) return <code>{of.code}</code>;
  if ('prose' in of) return <>{of.prose}</>;
  const { literals, holes } = of;
  return (
    <>
      {literals.map((literal, index) => {
        const hole = holes[index];
        return (
          <>
            {literal}
            {hole === undefined ? null : <Words of={hole} />}
          </>
        );
      })}
    </>
  );
}

/** An address from data: a link only where it is plain https, else the text. */
export const Address = ({ url }: { readonly url: string }) =>
  isPlainHttps(url) ? (
    <a href={url} rel="noopener noreferrer">
      {url}
    </a>
  ) : (
    <>{url}</>
  );

interface SectionProps {
  /** Ours, and unique on the page. */
  readonly id: string;
  readonly title: string;
  readonly children: ComponentChildren;
}

export const Section = ({ id, title, children }: SectionProps) => (
  <section aria-labelledby={id}>
    <h2 id={id}>{title}</h2>
    {children}
  </section>
);

interface ScrollProps {
  /** What the table is called; ours. */
  readonly caption: string;
  readonly children: ComponentChildren;
}

/** A table that is moved sideways inside its own frame where the page is narrow. */
export const ScrollingTable = ({ caption, children }: ScrollProps) => (
  <div class="scroll" role="region" aria-label={caption} tabIndex={0}>
    <table>
      <caption>{caption}</caption>
      {children}
    </table>
  </div>
);

const isEmpty = (piece: Piece): boolean =>
  typeof piece === 'object'
    ? 'prose' in piece
      ? piece.prose === ''
      : 'literals' in piece && piece.holes.length === 0 && piece.literals.every((literal) => literal === '')
    : piece === '';

const aligned = (isNumber: boolean) => (isNumber ? 'number' : undefined);
const classOf = (cell: Piece, isNumber: boolean) =>
  typeof cell === 'object' && 'prose' in cell ? 'prose' : aligned(isNumber);

/** A table of any format. A column of numbers stands at its right edge; an empty cell is a dash. */
export function WordTable({ caption, table }: { readonly caption: string; readonly table: Table }) {
  const { head, rows } = table;
  const numbers = head.map((_, column) => rows.every((row) => typeof row[column] === 'number'));
  return (
    <ScrollingTable caption={caption}>
      <thead>
        <tr>
          {head.map((name, column) => (
            <th scope="col" class={aligned(numbers[column] === true)}>
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr>
            {row.map((cell, column) => {
              const content = isEmpty(cell) ? '–' : <Words of={cell} />;
              return column === 0 ? (
                <th scope="row">{content}</th>
              ) : (
                <td class={classOf(cell, numbers[column] === true)}>{content}</td>
              );
            })}
          </tr>
        ))}
      </tbody>
    </ScrollingTable>
  );
}
