import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Scorecard } from '../../src/model/scorecard.js';
import { renderHtml } from '../../src/report/html/page.js';
import { style } from '../../src/report/html/style.js';
import { renderJson } from '../../src/report/json.js';
import { renderMarkdown } from '../../src/report/markdown.js';
import { renderTerminal } from '../../src/report/terminal.js';
import { hostileText, poisoned } from './hostile-text.js';
import { attribute, elements, nodesOf, textOf, withClass, within, type HtmlNode } from './html-reader.js';
import { goOnSimulator, literalScorecards, noGoFailed, notShownYet } from './literal-scorecards.js';
import { tries } from '../support/everything.js';

const unseen = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}\p{DI}]/u;
const byId = (nodes: readonly HtmlNode[], id: string): HtmlNode | undefined =>
  nodes.find((node) => attribute(node, 'id') === id);
const plain = (text: string): string => text.replaceAll(/[\\\s]+/g, ' ').trim();

describe.each(Object.entries(literalScorecards))('%s', (_, scorecard) => {
  const page = renderHtml(scorecard, { sha256: 'ab12' });
  const nodes = nodesOf(page);

  it('opens with the decision, its environment and scope', () => {
    expect(elements(nodes, 'h1').map(textOf)).toEqual([scorecard.decision.words]);
  });

  it('says decision, answers, gate and exit code as the other formats do', () => {
    const asked = withClass(nodes, 'questions').flatMap((list) => elements(within(list), 'li'));
    const rows = asked
      .filter((row) => elements(within(row), 'h3').length === 1)
      .map((row) => ({
        title: elements(within(row), 'h3').map(textOf).join(''),
        answer: withClass(within(row), 'answer')
          .flatMap((one) => elements(within(one), 'strong'))
          .map(textOf)
          .join(''),
      }));
    expect(rows).toEqual(scorecard.answers.map(({ title, words }) => ({ title, answer: words })));
    const { gate, exitCode, words } = scorecard.decision;
    const exit = new RegExp(`gate ${gate}: exit ${exitCode} `);
    const markdown = plain(renderMarkdown(scorecard));
    expect(markdown).toMatch(exit);
    expect(markdown).toContain(`# ${words} `);
    expect(plain(nodes.map((node) => (node.kind === 'text' ? (node.value ?? '') : '')).join(''))).toMatch(exit);
    expect(renderTerminal(scorecard, { color: false, width: 80 })).toMatch(new RegExp(`exit ${exitCode}\n$`));
    expect(JSON.parse(renderJson(scorecard))).toMatchObject({ decision: { words, exitCode, gate } });
  });

  it('carries the foot, and what it was computed from', () => {
    const [footer] = elements(nodes, 'footer');
    expect(textOf(footer!)).toContain(scorecard.decision.foot);
    expect(textOf(footer!)).toContain('sha256:ab12');
  });

  it('has the same bytes every time, also from the sorted copy', () => {
    const copy = JSON.parse(renderJson(scorecard)) as Scorecard;
    expect(renderHtml(structuredClone(scorecard), { sha256: 'ab12' })).toBe(page);
    expect(renderHtml(copy, { sha256: 'ab12' })).toBe(page);
  });

  it('allows nothing but its own style, by digest', () => {
    const digest = createHash('sha256').update(style).digest('base64');
    const policies = elements(nodes, 'meta').filter((node) => attribute(node, 'http-equiv') !== undefined);
    expect(policies.map((node) => attribute(node, 'content'))).toEqual([
      `default-src 'none'; style-src 'sha256-${digest}'; img-src data:`,
    ]);
    expect(elements(nodes, 'style').map(textOf)).toEqual([style]);
  });

  it('has no script, no style on an element, and asks for nothing', () => {
    const names = new Set(nodes.flatMap(({ name }) => (name === undefined ? [] : [name])));
    for (const name of ['script', 'img', 'iframe', 'object', 'embed', 'form', 'base', 'image', 'use']) {
      expect(names).not.toContain(name);
    }
    const attributes = nodes.flatMap(({ attrs }) => attrs ?? []);
    expect(attributes.filter(({ name }) => name === 'src' || name === 'style' || name.startsWith('on'))).toEqual([]);
    expect(elements(nodes, 'link').map((node) => attribute(node, 'href'))).toEqual(['data:,']);
  });

  it('leads every anchor to one place, and every heading to the next deeper one', () => {
    const ids = nodes.flatMap((node) => attribute(node, 'id') ?? []);
    expect(new Set(ids).size).toBe(ids.length);
    const own = elements(nodes, 'a').flatMap((node) => attribute(node, 'href') ?? []);
    const inside = own.filter((href) => href.startsWith('#'));
    expect(inside.length).toBeGreaterThan(7);
    expect(inside.filter((href) => !ids.includes(href.slice(1)))).toEqual([]);
    const depths = nodes.flatMap(({ name }) => (/^h[1-6]$/.test(name ?? '') ? [Number(name![1])] : []));
    expect(depths[0]).toBe(1);
    expect(depths.filter((depth, index) => index > 0 && depth > depths[index - 1]! + 1)).toEqual([]);
  });
});

describe('what a reader finds', () => {
  const nodes = nodesOf(renderHtml(noGoFailed));

  it('what stops go-live: what was seen, whose step is next, and the line that asked for it', () => {
    const [first] = withClass(nodes, 'stops').flatMap((list) => elements(within(list), 'li'));
    const text = textOf(first!);
    expect(text).toContain('A retried booking is stored twice');
    expect(text).toContain('The EHR holds two appointments from one booking that was retried.');
    expect(text).toContain('Next step, vendor: action 1 below.');
    expect(text).toContain('scheduling-voice-bot.yaml:88');
    const actions = withClass(nodes, 'actions').flatMap((list) => elements(within(list), 'li'));
    expect(actions.map(textOf)[0]).toMatch(/^Send If-None-Exist .* \(vendor, little effort; write\.idempotent-retry\)/);
    expect(actions).toHaveLength(noGoFailed.blockers.length);
  });

  it('what holds a Conditional go back, with the checks of a later version counted', () => {
    const reason = (code: string, text: string) => ({ code, check: null, subject: null, text });
    const held = {
      ...goOnSimulator,
      decision: {
        ...goOnSimulator.decision,
        value: 'conditional-go' as const,
        reasons: [
          reason('recorded-by-vendor', 'Recorded by the vendor.'),
          reason('not-in-this-version', 'This version cannot look yet: a.'),
          reason('not-in-this-version', 'This version cannot look yet: b.'),
        ],
      },
    };
    const words = 'Held at Conditional go: Recorded by the vendor; 2 checks this version cannot make, listed below.';
    expect(elements(nodesOf(renderHtml(held)), 'p').map(textOf)).toContain(words);
    expect(renderMarkdown(held)).toContain('Held at Conditional go: Recorded by the vendor; 2 checks');
    expect(renderMarkdown(goOnSimulator)).not.toContain('Held at');
  });

  it('the way from an answer to its finding and on to the exchanges', () => {
    const answer = withClass(nodes, 'questions')
      .flatMap((list) => elements(within(list), 'li'))
      .find((row) => textOf(row).includes('Can it write approved changes back'));
    const [link] = elements(within(answer!), 'a').filter((node) => textOf(node) === 'write.idempotent-retry');
    const finding = byId(nodes, attribute(link!, 'href')!.slice(1));
    expect(textOf(finding!)).toContain('A retried booking is stored twice');
    const [cited] = elements(nodes, 'a').filter((node) => textOf(node) === 'x41');
    const exchange = byId(nodes, attribute(cited!, 'href')!.slice(1));
    expect(textOf(exchange!)).toContain('POST Appointment');
    expect(elements(within(exchange!), 'a').map(textOf)).toEqual(['write.idempotent-retry']);
  });

  it('each latency budget as a plot with its interval in words, and as a row of a table', () => {
    const page = nodesOf(renderHtml(goOnSimulator));
    const plots = elements(page, 'svg').filter((node) => attribute(node, 'role') === 'img');
    expect(plots.map((plot) => textOf(elements(within(plot), 'title')[0]!))).toEqual([
      'p95 between 1.2 s and 1.9 s (95 %), budget 60 s',
    ]);
    const [table] = elements(page, 'table').filter((node) => textOf(node).startsWith('Latency budgets'));
    expect(textOf(table!)).toContain('0 of 69, at most 4.2 % (95 %)');
  });

  it('no plot where nothing was counted', () => {
    const uncounted = goOnSimulator.latency.map((entry) => ({ ...entry, shows: {}, outcome: 'not-measured' as const }));
    const page = nodesOf(renderHtml({ ...goOnSimulator, latency: uncounted }));
    expect(elements(page, 'figure')).toEqual([]);
    expect(elements(page, 'table').some((node) => textOf(node).startsWith('Latency budgets'))).toBe(true);
  });

  it('the permissions as a matrix, an untested cell with its reason', () => {
    const [table] = elements(nodes, 'table').filter((node) => textOf(node).startsWith('Permissions by role'));
    const rows = elements(within(table!), 'tr').map((row) =>
      (row.children ?? []).filter(({ kind }) => kind === 'element').map((cell) => textOf(cell).trim()),
    );
    expect(rows[0]).toEqual(['role', 'site', 'Appointment', 'Slot']);
    expect(rows[1]?.slice(0, 3)).toEqual(['bot the product', 'its own', '✓ crus as allowed']);
    expect(rows[3]?.at(-1)).toBe('? rs untested: no credential was supplied');
  });

  it('without a credential the questions first, and nothing that stops anybody', () => {
    const page = nodesOf(renderHtml(notShownYet));
    expect(elements(page, 'h2').map(textOf).slice(0, 2)).toEqual(['Questions to ask', 'Seven questions']);
    expect(elements(page, 'h2').map(textOf)).not.toContain('What stops go-live');
    const lists = elements(page, 'ol').filter((node) => attribute(node, 'start') !== undefined);
    expect(lists.map((node) => attribute(node, 'start'))).toEqual(['1', '7']);
  });

  it('the narrower contract: what goes, what it would get, and why not', () => {
    const narrowing: NonNullable<Scorecard['narrowing']> = {
      found: 'narrower',
      how: 'all-combinations',
      steps: 3,
      tried: 4,
      removed: [{ part: 'action', id: 'book', was: 'commit', becomes: 'suggest', undo: true, budgets: ['booking'] }],
      organization: [],
      minutes: null,
      decision: { value: 'conditional-go', words: 'Conditional go on a simulator: reads and suggestions' },
      reasons: [{ code: 'gap', check: 'scope.site', subject: null, text: 'nobody has shown it' }],
      sentence: 'Nothing was measured anew.',
    };
    const page = nodesOf(renderHtml({ ...noGoFailed, narrowing }));
    const [section] = elements(page, 'section').filter((node) => attribute(node, 'aria-labelledby') === 'narrower');
    const text = textOf(section!);
    for (const said of [
      'action book only suggests',
      narrowing.decision!.words,
      narrowing.sentence,
      'scope.site: nobody',
    ]) {
      expect(text).toContain(said);
    }
    expect(elements(page, 'a').map((node) => attribute(node, 'href'))).toContain('#narrower');
  });

  it('first of all that a copy is unverified', () => {
    const [main] = elements(nodesOf(renderHtml(noGoFailed, { unverified: true })), 'main');
    expect(textOf(main!)).toMatch(/^unverified copy/);
  });
});

describe('rule 43: hostile text in every free field', () => {
  it.each(Object.entries(literalScorecards))('%s: becomes text and nothing else', (_, scorecard) => {
    const clean = nodesOf(renderHtml(scorecard));
    const names = new Set(clean.map(({ name }) => name));
    const attributes = new Set(clean.flatMap(({ attrs }) => (attrs ?? []).map(({ name }) => name)));
    const values = new Set(clean.flatMap(({ attrs }) => (attrs ?? []).map(({ value }) => value)));
    fc.assert(
      fc.property(hostileText, (text) => {
        const page = renderHtml(poisoned(scorecard, text), { sha256: text });
        const nodes = nodesOf(page);
        expect(page.replace(style, '').replaceAll('\n', '')).not.toMatch(unseen);
        expect(page.replace(style, '').split('\n')).toHaveLength(3);
        expect(nodes.filter(({ kind }) => !['root', 'docType', 'element', 'text'].includes(kind))).toEqual([]);
        const foreign = nodes.flatMap(({ name, attrs = [] }) => [
          ...(names.has(name) ? [] : [name]),
          // Data reaches no attribute but a plain https address of a reference; where lists fold together, numbered
          // places and the drawing stay of one form.
          ...attrs.filter(
            (one) =>
              !attributes.has(one.name) ||
              !(
                values.has(one.value) ||
                /^#?(?:finding|exchange|plot)-\d+$|^[\d.]+$|^https:\/\/[\w.-]+(?:\/[\w.~/#%&=?+-]*)?$/.test(
                  one.value ?? '',
                )
              ),
          ),
        ]);
        expect(foreign).toEqual([]);
      }),
      { numRuns: tries(20), endOnFailure: true },
    );
  });

  it('links plain https addresses only, and tells them nothing', () => {
    const references = [
      'https://hl7.org/fhir/R4/',
      'http://x.example',
      'javascript:alert(1)',
      'https://x.example/"onx=',
    ];
    const checks = noGoFailed.checks.map((check) => ({ ...check, prose: { ...check.prose, references } }));
    const nodes = nodesOf(renderHtml({ ...noGoFailed, checks }));
    const away = elements(nodes, 'a').filter((node) => attribute(node, 'href')?.startsWith('#') !== true);
    expect(new Set(away.map((node) => attribute(node, 'href')))).toEqual(new Set(['https://hl7.org/fhir/R4/']));
    expect(new Set(away.map((node) => attribute(node, 'rel')))).toEqual(new Set(['noopener noreferrer']));
    expect(nodes.some((node) => node.kind === 'text' && node.value?.includes('javascript:alert(1)'))).toBe(true);
  });
});
