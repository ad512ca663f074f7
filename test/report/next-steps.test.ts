import { Value } from 'typebox/value';
import { describe, expect, it } from 'vitest';
import { scorecardSchema, type Scorecard } from '../../src/model/scorecard.js';
import { renderMarkdown } from '../../src/report/markdown.js';
import { renderTerminal } from '../../src/report/terminal.js';
import { goOnSimulator, noGoFailed } from './literal-scorecards.js';

const flat = (text: string): string => text.replaceAll(/\s+/g, ' ');
const formats = (scorecard: Scorecard) => ({
  terminal: flat(renderTerminal(scorecard, { color: false, width: 80 })),
  markdown: flat(renderMarkdown(scorecard)),
});

const narrowing: NonNullable<Scorecard['narrowing']> = {
  found: 'narrower',
  how: 'all-combinations',
  steps: 3,
  tried: 2,
  removed: [
    { part: 'action', id: 'book', was: 'commit', becomes: 'suggest', undo: true, budgets: ['booking'] },
    { part: 'trigger', id: 'freed', was: 'ehr-event', becomes: 'removed', undo: false, budgets: [] },
  ],
  organization: ['channels.freed'],
  minutes: {
    noLongerEarnedHundredths: 291_600,
    earnedHundredths: 360_000,
    promisedHundredths: 651_600,
    assumption: true,
  },
  decision: { value: 'conditional-go', words: 'Conditional go on a simulator: reads and commits, 1 action' },
  reasons: [],
  sentence: 'A smaller promise on the same evidence.',
};

describe('what to do next', () => {
  const [first, second] = noGoFailed.blockers;
  if (first === undefined || second === undefined) throw new Error('two blockers are needed');
  const because = 'the token holds no scope for the create of Appointment';
  const exchange = { id: 'x7', method: 'POST', path: 'Appointment', status: 403, context: 'ai' };
  const alike = [exchange, { ...exchange, id: 'x8' }, { ...exchange, id: 'x9', status: 201 }];
  const scorecard: Scorecard = {
    ...noGoFailed,
    blockers: [{ ...first, class: 'auth', liesWith: 'ehr-team', because, exchanges: alike }, second],
  };

  it('is who, what, whom it lies with and the exchanges that say so', () => {
    const { terminal, markdown } = formats(scorecard);
    for (const text of [terminal, markdown.replaceAll('`', '')]) {
      expect(text).toContain(
        `Most likely lies with the EHR team (authentication): ${because}; x7 POST Appointment 403, x9 POST Appointment 201 and 1 more.`,
      );
      // What was not shown has no class to blame.
      expect(text).toContain('Most likely lies with the EHR team.');
      expect(text).toContain('EHR team, little effort; then 1 check can be judged');
      expect(text).toContain('Product, contract and auth path are settled; what is left is integration.');
    }
  });

  it('is left out where nothing is to be done', () => {
    for (const text of Object.values(formats(goOnSimulator))) {
      expect(text).not.toContain('What to do next');
      expect(text).not.toContain('narrower contract');
    }
  });
});

describe('a narrower contract', () => {
  it('lists what goes first, then minutes, the decision and what the organization has to change', () => {
    const scorecard = { ...noGoFailed, narrowing };
    expect(Value.Errors(scorecardSchema, scorecard)).toEqual([]);
    const { terminal, markdown } = formats(scorecard);
    for (const text of [terminal, markdown.replaceAll(/[`*]/g, '')]) {
      const said = [
        '- action book only suggests (commit in the contract); with it its undo and the budget booking',
        '- trigger freed is gone (ehr-event)',
        'No longer earned: 2,916 of 6,516 minutes a week; earned on this evidence: 3,600 (assumption: the baseline has no source in date).',
        'Conditional go on a simulator: reads and commits, 1 action',
        'A smaller promise on the same evidence.',
        'Take out of the organization file: channels.freed.',
        'Found among 3 parts that can go, in every combination; 2 smaller contracts had to be judged.',
      ];
      const places = said.map((one) => text.indexOf(one));
      expect(places).not.toContain(-1);
      expect(places).toEqual(places.toSorted((a, b) => a - b));
    }
  });

  it('says why where nothing passes', () => {
    const none: typeof narrowing = {
      ...narrowing,
      found: 'none',
      removed: [],
      organization: [],
      minutes: null,
      decision: null,
      reasons: Array.from({ length: 7 }, (_, index) => ({
        code: 'gap-missing',
        check: `read.part-${index}`,
        subject: null,
        text: 'Not shown.',
      })),
      sentence: 'None of 7 smaller contracts gets Go or Conditional go.',
    };
    const { terminal, markdown } = formats({ ...noGoFailed, narrowing: none });
    expect(terminal).toContain('- read.part-4: Not shown. (open; no gap covers it) and 2 more');
    expect(markdown).toContain('- `read.part-6`: Not shown. (open; no gap covers it)');
    expect(`${terminal}${markdown}`).not.toContain('No longer earned');
  });
});
