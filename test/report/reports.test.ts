import * as fc from 'fast-check';
import { Check, Errors } from 'typebox/value';
import { describe, expect, it } from 'vitest';
import { questionIds, scorecardSchema, type Scorecard } from '../../src/model/scorecard.js';
import { renderHtml } from '../../src/report/html/page.js';
import { renderJson } from '../../src/report/json.js';
import { renderMarkdown } from '../../src/report/markdown.js';
import { columnsOf } from '../../src/report/screen.js';
import { renderTerminal } from '../../src/report/terminal.js';
import { hostileText, poisoned } from './hostile-text.js';
import { goOnSimulator, literalScorecards, noGoFailed, notShownYet } from './literal-scorecards.js';
import { nodesOf, textOf } from './markdown-reader.js';
import { tries } from '../support/everything.js';

const terminal = (scorecard: Scorecard, width = 80): string => renderTerminal(scorecard, { color: false, width });
const lines = (text: string): string[] => text.split('\n').slice(0, -1);
const headings = (text: string, depth: number): string[] =>
  nodesOf(text)
    .filter((node) => node.type === 'heading' && node.depth === depth)
    .map(textOf);
const tables = (text: string) => nodesOf(text).filter(({ type }) => type === 'table');

describe.each(Object.entries(literalScorecards))('%s', (_, scorecard) => {
  it('fits the schema, so the literals are what a run leaves', () => {
    expect(Errors(scorecardSchema, JSON.parse(renderJson(scorecard)))).toEqual([]);
  });

  it.each([80, 100, 120])('fits %i columns, without colour and without a control character', (width) => {
    const text = terminal(scorecard, width);
    expect(Math.max(...lines(text).map(columnsOf))).toBeLessThanOrEqual(width);
    expect(text).not.toMatch(/(?!\n)\p{Cc}/u);
    expect(lines(text).every((line) => line === line.trimEnd())).toBe(true);
  });

  it('says the same with colour', () => {
    const colored = renderTerminal(scorecard, { color: true, width: 80 });
    expect(colored).toContain('\u001b[');
    expect(
      colored
        .split('\u001b')
        .map((part, index) => (index === 0 ? part : part.replace(/^\[\d+m/, '')))
        .join(''),
    ).toBe(terminal(scorecard));
  });

  it('ends on the exit code and carries the foot, in every format', () => {
    expect(lines(terminal(scorecard)).at(-1)).toMatch(new RegExp(`exit ${scorecard.decision.exitCode}$`));
    for (const text of [terminal(scorecard), renderMarkdown(scorecard)]) {
      expect(text.replaceAll(/[\\\s]/g, '')).toContain(scorecard.decision.foot.replaceAll(/\s/g, ''));
    }
  });

  it('answers the seven questions in order, once each', () => {
    const [table] = tables(renderMarkdown(scorecard));
    const rows = (table?.children ?? []).slice(1).map((row) => (row.children ?? []).map(textOf));
    expect(rows.map(([question]) => question)).toEqual(scorecard.answers.map(({ title }) => title));
    expect(rows.map(([, answer]) => answer?.split(',')[0])).toEqual(scorecard.answers.map(({ words }) => words));
    expect(scorecard.answers.map(({ question }) => question)).toEqual(questionIds);
  });

  it('opens the page with the decision, its environment and scope', () => {
    expect(headings(renderMarkdown(scorecard), 1)).toEqual([scorecard.decision.words]);
    expect(lines(terminal(scorecard)).slice(0, 8).join(' ')).toContain(scorecard.decision.scope.environment);
  });

  it('gives back the scorecard as JSON, keys in order', () => {
    const text = renderJson(scorecard);
    expect(JSON.parse(text)).toEqual(scorecard);
    expect(Object.keys(JSON.parse(text) as object)).toEqual(Object.keys(scorecard).sort());
  });

  it('has the same bytes every time, also from the sorted copy', () => {
    expect(renderMarkdown(structuredClone(scorecard))).toBe(renderMarkdown(scorecard));
    const copy = JSON.parse(renderJson(scorecard)) as Scorecard;
    expect(renderMarkdown(copy)).toBe(renderMarkdown(scorecard));
    expect(terminal(copy)).toBe(terminal(scorecard));
  });
});

describe('Go on a simulator', () => {
  it('shows the numbers behind Yes', () => {
    const text = terminal(goOnSimulator, 100);
    expect(text).toMatch(/^GO {3}scheduling-voice-bot on Lakeside, on a simulator$/m);
    expect(text).toContain('p95 ≤ 1.9 s of 60 s, n=69');
    expect(text).toContain('206/206 reads and searches; 151/151 writes');
    expect(text).toContain('2/2 permissions as allowed, 1 untested');
    expect(text).toContain('357 requests, 151 writes, all taken back, 0 left.');
    expect(text).not.toContain('What stops go-live');
  });

  it('has a row per latency entry: budget, bound, share, source, resolution, rate', () => {
    const latency = tables(renderMarkdown(goOnSimulator)).find((table) => textOf(table).includes('freed-slot-offered'));
    const cells = (latency?.children?.[1]?.children ?? []).map(textOf);
    expect(cells.slice(2, 9)).toEqual([
      'p95',
      '60 s',
      '≤ 1.9 s',
      '0 of 69, at most 4.2 % (95 %)',
      'active',
      '200 ms',
      '30 a minute',
    ]);
    expect(cells[9]).toBe('interval 1.2 s to 1.9 s');
  });

  it('labels safeguards as required or addressable, with the date of the text', () => {
    const page = renderMarkdown(goOnSimulator);
    const safeguards = tables(page).find((table) => textOf(table).includes('164.312'));
    expect((safeguards?.children ?? []).slice(1).map((row) => (row.children ?? []).slice(0, 2).map(textOf))).toEqual([
      ['45 CFR 164.312(e)(1)', 'required'],
      ['45 CFR 164.312(e)(2)(ii)', 'addressable'],
    ]);
    expect(page).toMatch(/as of 2026-11-20, unverified after; look up before relying on this: hti5Final/);
  });

  it('names untested cells and exchanges to look up in the log', () => {
    const page = tables(renderMarkdown(goOnSimulator)).map(textOf);
    expect(page.find((text) => text.includes('scheduler'))).toContain('untested: no credential was supplied');
    expect(page.find((text) => text.includes('audit.reads-logged'))).toMatch(/206 of 206 found/);
    expect(page.find((text) => text.includes('sent at (UTC)'))).toMatch(
      /x42026-11-20T08:00:04.000ZGET Slot\/a1staff, 200req-4not found/,
    );
  });
});

describe('No-go: failed', () => {
  const text = terminal(noGoFailed);
  it('lists what stops go-live with line and owner, and what was not shown with what to add', () => {
    expect(text).toMatch(/^ {2}x write\.idempotent-retry +scheduling-voice-bot\.yaml:88 {3}vendor$/m);
    expect(text).toMatch(/^ {2}x write\.version-conflict +scheduling-voice-bot\.yaml:97 {3}EHR team$/m);
    expect(text).toMatch(/^ {2}\? scope\.site\[product\] +organization\.yaml:31 {3}EHR team$/m);
    expect(text).toContain('preview policy, 14 of 92 checks');
    expect(text).toMatch(/^In the way: vendor integration first, then EHR configuration\.$/m);
    expect(text).toMatch(/^Next: ehr-scorecard checks explain write\.idempotent-retry\nsomething failed: exit 1$/m);
    expect(text).toContain('151 writes, 2 left of 2 agreed.');
    expect(text).toMatch(/^  error\.ehr-outage +What error\.ehr-outage asks for holds$/m);
  });

  it('puts the report and the cleanup of what is left into the last lines', () => {
    const more = { ...noGoFailed, run: { ...noGoFailed.run, writes: { ...noGoFailed.run.writes, leavesMax: 0 } } };
    const options = { color: false, width: 80, reportPath: 'out/report.md', runPath: 'scorecards/r1' };
    expect(lines(renderTerminal(more, options)).slice(-4)).toEqual([
      '357 requests, 151 writes, 2 left of 0 agreed.',
      'Report out/report.md',
      'Next: ehr-scorecard cleanup scorecards/r1 --organization FILE',
      'something failed: exit 1',
    ]);
  });

  it('tells findings as observed, required by which line, what to do, with the exchanges', () => {
    const page = renderMarkdown(noGoFailed);
    expect(headings(page, 3).map((one) => one.split(' ')[0])).toEqual([
      'write.idempotent-retry',
      'write.version-conflict',
      'contract.governance',
    ]);
    const items = nodesOf(page)
      .filter(({ type }) => type === 'listItem')
      .map(textOf);
    expect(items.find((one) => one.startsWith('Observed at action:book'))).toMatch(
      /held by the product.*Required: .*contracts\/scheduling-voice-bot\.yaml:88.*1 found.*waited 2\.4 s.*x41 POST Appointment → no answer.*x42/s,
    );
    expect(items.filter((one) => one.startsWith('What to do'))).toHaveLength(2);
    expect(nodesOf(page).flatMap(({ type, url }) => (type === 'link' ? [url] : []))).toEqual([
      'https://hl7.org/fhir/R4/http.html#ccreate',
      'https://hl7.org/fhir/R4/http.html#concurrency',
    ]);
  });

  it('lists open points with their gaps, gaps that do not count, residue and questions', () => {
    const page = renderMarkdown(noGoFailed);
    const open = tables(page).find((table) => textOf(table).includes('meanwhile'));
    expect((open?.children ?? []).slice(1).map((row) => (row.children ?? []).map(textOf)[3])).toEqual([
      'none',
      'renewal is signed monthly',
    ]);
    const items = nodesOf(page)
      .filter(({ type }) => type === 'listItem')
      .map(textOf);
    expect(items.some((one) => one.startsWith('gap for latency.read') && one.endsWith('expired'))).toBe(true);
    expect(items.filter((one) => one.startsWith('left: '))).toHaveLength(2);
    expect(
      items.some(
        (one) =>
          one.startsWith('Show us') && one.endsWith('(scope.site; so far, no second user or client was supplied)'),
      ),
    ).toBe(true);
  });
});

describe('NOT SHOWN YET', () => {
  it('has the questions in place of findings', () => {
    const text = terminal(notShownYet);
    expect(text).toMatch(/^NOT SHOWN YET: nothing was tested\. 9 of 13 needs documented by the EHR/);
    expect(text).toMatch(/^ {2}scheduling-voice-bot on Lakeside, in your test system$/m);
    expect(lines(text).filter((line) => /^ +\d+ {2}Show us/.test(line))).toHaveLength(7);
    expect(lines(text).filter((line) => line.startsWith('For '))).toEqual([
      'For the EHR team: 6 questions',
      'For the privacy officer: 1 question',
    ]);
    expect(text).toContain('documented absent: Slot can be searched');
    expect(text).toContain('nothing written');
    expect(text).not.toMatch(/^ {2}x /m);
    expect(headings(renderMarkdown(notShownYet), 2)[0]).toBe('Questions to ask');
    expect(headings(renderMarkdown(notShownYet), 2)).not.toContain('Findings');
  });

  it('prints what the EHR documents apart from answers', () => {
    const outlook = tables(renderMarkdown(notShownYet)).find((table) => textOf(table).includes('documented absent'));
    expect(outlook?.children).toHaveLength(8);
  });
});

describe('first lines', () => {
  it('are four: decision and place, caveats, scope, counts; what was not looked at stands at the foot', () => {
    expect(lines(terminal(goOnSimulator)).slice(0, 5)).toEqual([
      'GO   scheduling-voice-bot on Lakeside, on a simulator',
      '  says nothing about your EHR',
      '  reads and commits, 1 of 1 site, 2 of 2 roles, 2 actions',
      '  86 checks shown, 6 not applicable',
      '',
    ]);
    for (const text of [terminal(goOnSimulator), renderMarkdown(goOnSimulator)]) {
      expect(text.indexOf('Not looked at: isolation')).toBeGreaterThan(text.indexOf('HIPAA'));
    }
  });

  it('say that a copy is unverified', () => {
    expect(lines(renderTerminal(goOnSimulator, { color: false, width: 80, unverified: true }))[0]).toMatch(
      /^unverified copy/,
    );
    expect(renderMarkdown(goOnSimulator, { unverified: true })).toMatch(/^\*\*unverified copy/);
  });

  it('say custom policy before the decision, and why there is no decision', () => {
    const custom = { ...goOnSimulator, policy: { ...goOnSimulator.policy, custom: true } };
    expect(lines(terminal(custom))[0]).toBe('custom policy');
    expect(headings(renderMarkdown(custom), 1)[0]).toMatch(/^Custom policy: Go on a simulator/);
    const words = 'no decision: 14 of 61 checks selected';
    const none = { ...goOnSimulator, decision: { ...goOnSimulator.decision, value: 'none' as const, words } };
    expect(terminal(none)).toMatch(/^NO DECISION {3}/);
    expect(terminal(none)).toContain('14 of 61 checks selected');
  });
});

describe('a run that did not come to its end', () => {
  const { decision, run } = goOnSimulator;
  it('says why, beside the exit code', () => {
    const why = 'the run folder could no longer be written (disk full or a disk fault)';
    const stopped = {
      ...goOnSimulator,
      decision: { ...decision, exitCode: 70, notes: [`incomplete run: ${why}`] },
      run: { ...run, complete: false, how: 'internal' as const, code: 'disk-write-failed', why },
    };
    expect(terminal(stopped).replaceAll(/\s+/g, ' ')).toContain(`${why}: exit 70`);
  });

  it('puts what it did not come to in nobody’s way', () => {
    const [first] = noGoFailed.blockers;
    const cut = {
      ...noGoFailed,
      blockers: [{ ...first!, outcome: 'not-measured' as const }],
      run: { ...noGoFailed.run, complete: false },
    };
    expect(terminal({ ...noGoFailed, blockers: [first!] })).toContain('In the way:');
    expect(terminal(cut)).not.toContain('In the way:');
    expect(terminal(cut)).toContain('Next: run it again to its end.');
  });

  it('claims nothing about writes nobody counted, and says how to look', () => {
    const cut = {
      ...goOnSimulator,
      run: { ...run, complete: false, how: null, endedAt: null, why: 'it was cut off before its end' },
    };
    expect(terminal(cut)).not.toContain('all taken back');
    expect(renderMarkdown(cut)).not.toContain('all taken back');
    expect(terminal(cut)).toContain('Next: ehr-scorecard cleanup RUN');
  });
});

describe('rule 43: hostile text in every free field', () => {
  it.each(Object.entries(literalScorecards))('%s: cannot steer a terminal, a page or JSON', (_, scorecard) => {
    const [own] = nodesOf(renderMarkdown(scorecard));
    const shape = (own?.children ?? []).map(({ type }) => type);
    fc.assert(
      fc.property(hostileText, fc.constantFrom(80, 100), (text, width) => {
        const bad = poisoned(scorecard, text);
        expect(Check(scorecardSchema, JSON.parse(renderJson(bad)))).toBe(true);
        const shown = terminal(bad, width);
        expect(shown).not.toMatch(/(?!\n)\p{Cc}/u);
        expect(Math.max(...lines(shown).map(columnsOf))).toBeLessThanOrEqual(width);
        const nodes = nodesOf(renderMarkdown(bad));
        expect(
          nodes.filter(({ type }) => ['html', 'image', 'code', 'definition', 'footnoteReference'].includes(type)),
        ).toEqual([]);
        expect(nodes.filter(({ type, url }) => type === 'link' && !/^https:\/\/[\w.-]+/.test(url ?? ''))).toEqual([]);
        // Sections that data can open or close are only those that list it.
        expect((nodes[0]?.children ?? []).filter(({ type }) => type === 'heading').length).toBeLessThanOrEqual(
          shape.filter((type) => type === 'heading').length,
        );
        for (const table of nodes.filter(({ type }) => type === 'table')) {
          const columns = (table.children ?? []).map((row) => row.children?.length);
          expect(new Set(columns).size).toBe(1);
        }
      }),
      { numRuns: tries(60) },
    );
  });
});

describe('the matrix of roles and sites', () => {
  const cell = (
    role: string,
    site: 'own' | 'any' | 'other',
    resourceType: string,
    outcome: Scorecard['matrix'][number]['outcome'],
  ): Scorecard['matrix'][number] => ({
    role,
    site,
    resourceType,
    allow: site === 'other' ? '' : 'rs',
    product: true,
    outcome,
    reason: outcome === 'not-measured' ? 'no-credential' : null,
  });
  const shown: Scorecard = {
    ...goOnSimulator,
    matrix: [
      cell('bot', 'own', 'Slot', 'pass'),
      cell('bot', 'other', 'Slot', 'fail'),
      cell('bot', 'own', 'Appointment', 'warn'),
      cell('bot', 'other', 'Appointment', 'pass'),
      cell('clerk', 'any', 'Task', 'not-measured'),
    ],
  };

  it('is printed by role and site on the terminal', () => {
    const text = lines(terminal(shown));
    const start = text.findIndex((line) => line.startsWith('Permissions as the contract says'));
    expect(text.slice(start + 1, start + 4)).toEqual([
      '  bot             ok Appointment, Slot',
      '    another site  NOT OK Slot; ok Appointment',
      '  clerk           ? Task',
    ]);
  });

  it('is a table of the page, with the reason of an untested cell', () => {
    const table = tables(renderMarkdown(shown)).find((one) => textOf(one).startsWith('rolesite'));
    const rows = (table?.children ?? []).slice(1).map((row) => (row.children ?? []).map(textOf));
    expect(rows.map(([role, site, type, , , seen]) => [role, site, type, seen])).toEqual([
      ['bot', 'its own', 'Slot', 'as allowed'],
      ['bot', 'another site', 'Slot', 'not as allowed'],
      ['bot', 'its own', 'Appointment', 'as allowed, with a limit'],
      ['bot', 'another site', 'Appointment', 'as allowed'],
      ['clerk', 'every site', 'Task', expect.stringContaining('untested')],
    ]);
  });

  it('is left out of the terminal where nothing of it was tried', () => {
    expect(terminal({ ...shown, matrix: [cell('bot', 'own', 'Slot', 'not-measured')] })).not.toContain(
      'Permissions as',
    );
  });
});

describe('what stale times may do', () => {
  const harm: NonNullable<Scorecard['harm']> = {
    bookingsPerWeek: 900,
    stale: { source: 'answers', bad: 10, of: 100, atMostPerMille: 165 },
    uncaught: { source: 'ehr', bad: 0, of: 29, atMostPerMille: 99 },
    expectedHundredths: 0,
    atMostHundredths: 1_471,
    sentence: 'Double bookings from stale times, with these inputs: 0 a week, at most 14.71.',
  };

  it('stands in every format', () => {
    const scorecard = { ...noGoFailed, harm };
    expect(Check(scorecardSchema, JSON.parse(renderJson(scorecard)))).toBe(true);
    expect(renderTerminal(scorecard, { color: false, width: 100 })).toContain(harm.sentence);
    expect(renderMarkdown(scorecard)).toContain('at most 14.71');
    expect(renderHtml(scorecard)).toContain(harm.sentence);
  });

  it('stands in the reports alone where nothing stale was seen, and nowhere where it was not measured', () => {
    const none = { ...noGoFailed, harm: { ...harm, stale: { ...harm.stale, bad: 0 } } };
    expect(renderTerminal(none, { color: false, width: 100 })).not.toContain('Double bookings');
    expect(renderHtml(none)).toContain(harm.sentence);
    expect(renderHtml(noGoFailed)).not.toContain('Double bookings');
    expect(renderMarkdown(noGoFailed)).not.toContain('Double bookings');
  });
});
