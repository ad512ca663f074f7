import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mark, markdownCode, markdownLink, markdownTable, visible, visibleProse } from '../../src/report/escape.js';
import { columnsOf, printed, wrapped } from '../../src/report/screen.js';
import { hostileText } from './hostile-text.js';
import { nodesOf } from './markdown-reader.js';

const controls = /(?!\n)\p{Cc}/u;
/** Our own four colour codes for a failed item. */
const withoutColor = (text: string): string =>
  ['1', '22', '31', '39'].reduce((rest, code) => rest.replaceAll(`\u001b[${code}m`, ''), text);

describe('visible text', () => {
  it('shows what cannot be seen or reorders its neighbours', () => {
    expect(visible('a\u202eb')).toBe('a\\u{202e}b');
    expect(visible('\u001b[31m')).toBe('\\u{1b}[31m');
    expect(visible('x\u{e0041}\u200by\n')).toBe('x\\u{e0041}\\u{200b}y\\u{a}');
    expect(visible('\ud800')).toBe('\\u{d800}');
    expect(visible('Zoe\u0308 東京')).toBe('Zoë 東京');
  });

  it('keeps 200 code points at most, before escaping', () => {
    expect(Array.from(visible('😀'.repeat(500)))).toHaveLength(200);
    expect(visible('x'.repeat(200))).toBe('x'.repeat(200));
  });

  it('changes nothing the second time', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 20 }), (text) => {
        expect(visible(visible(text))).toBe(visible(text));
      }),
    );
  });
});

describe('the door of the terminal', () => {
  it('lets no control character of data through, with and without colour', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        expect(printed([[{ text, tone: 'bad' }]], false)).not.toMatch(controls);
        const colored = withoutColor(printed([[{ text, tone: 'bad' }, { text }]], true));
        expect(colored).not.toMatch(controls);
        expect(colored.split('\n')).toHaveLength(2);
      }),
    );
  });

  it('wraps whatever comes into the columns given, and loses no visible character', () => {
    fc.assert(
      fc.property(hostileText, fc.integer({ min: 10, max: 60 }), (text, columns) => {
        const lines = wrapped(text, columns);
        expect(Math.max(...lines.map(columnsOf))).toBeLessThanOrEqual(columns);
        expect(lines.join('').replaceAll(' ', '')).toBe(visibleProse(text).replaceAll(' ', ''));
      }),
    );
  });

  it('counts wide characters twice and combining marks not at all', () => {
    expect([columnsOf('東京'), columnsOf('e\u0301'), columnsOf('q\u0323'), columnsOf('ab')]).toEqual([4, 1, 1, 2]);
  });
});

describe('the door of Markdown', () => {
  it('is read back as one paragraph of the visible text', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const nodes = nodesOf(`${mark`${text}`.text}\n`);
        const types = nodes.map(({ type }) => type);
        const read = nodes.map(({ value }) => value ?? '').join('');
        expect(
          types.filter((type) => !['root', 'paragraph', 'text', 'sentence', 'word', 'whitespace'].includes(type)),
        ).toEqual([]);
        expect(read.replaceAll('\u2060', '').trim()).toBe(visible(text).trim());
      }),
      { numRuns: 300 },
    );
  });

  it('keeps data in its cell, as text and as code', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const table = markdownTable(['a', 'b'], [[mark`${text}`, markdownCode(text)]]);
        const cells = nodesOf(table.text).filter(({ type }) => type === 'tableCell');
        expect(cells).toHaveLength(4);
      }),
      { numRuns: 300 },
    );
  });

  it('fences code by one more backtick than it holds', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const nodes = nodesOf(`x ${markdownCode(text).text} y`);
        expect(nodes.filter(({ type }) => type === 'inlineCode')).toHaveLength(1);
        expect(nodes.some(({ type }) => type === 'html' || type === 'link')).toBe(false);
      }),
      { numRuns: 300 },
    );
  });

  it('breaks people, tickets and bare addresses', () => {
    expect(mark`${'@team #12'}`.text).toBe('\\@\u2060team \\#\u206012');
    expect(mark`${'4.2 % of 127.0.0.1'}`.text).toBe('4.2 % of 127.0.0.1');
    expect(mark`${'https://evil.example www.evil.example'}`.text).toBe('https\\://evil\\.example www\\.evil\\.example');
  });

  it('makes links of plain https addresses only', () => {
    expect(markdownLink('https://hl7.org/fhir/R4/http.html#concurrency').text).toBe(
      '<https://hl7.org/fhir/R4/http.html#concurrency>',
    );
    for (const url of ['javascript:alert(1)', 'http://x.example', 'https://x.example/a b', 'https://x.example/><b>']) {
      expect(markdownLink(url).text).not.toMatch(/^</);
    }
  });
});
