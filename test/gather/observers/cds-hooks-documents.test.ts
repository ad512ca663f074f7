import { describe, expect, it } from 'vitest';
import { readAnswer, readDiscovery } from '../../../src/gather/observers/cds-hooks-documents.js';

const card = {
  uuid: 'c-1',
  summary: 'Ask the payer',
  indicator: 'info',
  source: { label: 'Payer list' },
  selectionBehavior: 'any',
  suggestions: [{ label: 'Do it', uuid: 's-1', actions: [{ type: 'create', resource: { resourceType: 'Task' } }] }],
  links: [{ label: 'More', url: 'https://payer.example', type: 'absolute' }],
};
const faultsOf = (different: object, more: object = {}) =>
  readAnswer({ cards: [{ ...card, ...different }], ...more }).faults;

describe('an answer of a CDS Hooks service', () => {
  it('with one card is read whole, and what may be told of it', () => {
    expect(readAnswer({ cards: [card] })).toMatchObject({
      cards: 1,
      withId: 1,
      faults: [],
      systemActions: [],
      guidance: true,
      feedback: { card: 'c-1', suggestions: ['s-1'] },
    });
  });

  it('without a card brings no advice', () => {
    expect(readAnswer({ cards: [] })).toMatchObject({ cards: 0, faults: [], guidance: false, feedback: undefined });
  });

  it('is advice too when it only acts by itself', () => {
    const systemActions = [
      { type: 'update', resource: { resourceType: 'ServiceRequest' } },
      { type: 'delete', resourceId: 'Task/1' },
      { type: 'delete', resource: 'Task/2' },
    ];
    const { guidance, faults, systemActions: read } = readAnswer({ cards: [], systemActions });
    expect([guidance, faults]).toEqual([true, []]);
    expect(read).toEqual([
      { type: 'update', resourceType: 'ServiceRequest' },
      { type: 'delete', resourceType: 'Task' },
      { type: 'delete', resourceType: 'Task' },
    ]);
  });

  it.each([
    ['nothing', undefined],
    ['a list', []],
    ['cards that are no list', { cards: { 0: card } }],
    ['text', 'cards'],
    ['null', null],
  ])('that is %s is no answer', (_, json) => {
    expect(readAnswer(json)).toMatchObject({ cards: 0, faults: ['no-answer-object'], guidance: false });
  });

  it.each([
    ['no summary', { summary: undefined }, 'summary-missing'],
    ['an empty summary', { summary: '' }, 'summary-missing'],
    ['140 characters', { summary: 'x'.repeat(140) }, 'summary-too-long'],
    ['an old indicator', { indicator: 'hard-stop' }, 'indicator-unknown'],
    ['no source', { source: undefined }, 'source-without-label'],
    ['a source without a label', { source: { url: 'https://payer.example' } }, 'source-without-label'],
    ['no selection behavior', { selectionBehavior: undefined }, 'selection-behavior-missing'],
    ['another selection behavior', { selectionBehavior: 'all' }, 'selection-behavior-missing'],
    ['a suggestion without a label', { suggestions: [{ uuid: 's' }] }, 'suggestion-invalid'],
    [
      'an action of another type',
      { suggestions: [{ label: 'Do it', actions: [{ type: 'patch' }] }] },
      'suggestion-invalid',
    ],
    [
      'a creation without a resource',
      { suggestions: [{ label: 'Do it', actions: [{ type: 'create' }] }] },
      'action-incomplete',
    ],
    ['a link of another type', { links: [{ label: 'More', url: 'https://x.example', type: 'page' }] }, 'link-invalid'],
    ['HTML', { summary: 'Ask <b>now</b>' }, 'html-in-summary'],
  ])('%s in a card is a fault', (_, different, fault) => {
    expect(faultsOf(different)).toEqual([fault]);
  });

  it('139 characters, a smaller-than sign and no suggestions are none', () => {
    expect(faultsOf({ summary: 'x'.repeat(139) })).toEqual([]);
    expect(faultsOf({ summary: 'Potassium < 3.5 mmol/l' })).toEqual([]);
    expect(faultsOf({ suggestions: undefined, selectionBehavior: undefined })).toEqual([]);
    expect(faultsOf({ suggestions: [], selectionBehavior: undefined })).toEqual([]);
  });

  it('whose cards are no objects, or whose system actions are no list, is invalid and not a crash', () => {
    expect(readAnswer({ cards: [null, 7, 'x'] }).faults).toContain('summary-missing');
    expect(faultsOf({}, { systemActions: { type: 'create' } })).toEqual(['system-action-invalid']);
    expect(faultsOf({}, { systemActions: [{ type: 'create' }] })).toEqual(['system-action-invalid']);
  });

  it('is read as far as anybody would, and counted whole', () => {
    const { cards, withId, faults } = readAnswer({ cards: Array.from({ length: 5_000 }, () => card) });
    expect([cards, withId, faults]).toEqual([5_000, 100, ['too-many-cards']]);
  });

  it('means the same with other ids, and something else with other words', () => {
    const meaning = (different: object) => readAnswer({ cards: [{ ...card, ...different }] }).meaning;
    const others = [{ ...card.suggestions[0], uuid: 's-2' }];
    expect(meaning({ uuid: 'c-2', suggestions: others })).toBe(meaning({}));
    expect(meaning({ summary: 'Do not ask' })).not.toBe(meaning({}));
  });
});

describe('a discovery document', () => {
  it('names services with their templates', () => {
    const services = [
      { id: 'a', hook: 'order-sign', description: 'Asks', prefetch: { who: 'Patient/{{context.patientId}}', bad: 7 } },
      { id: 'b', hook: 'patient-view', prefetch: 'x'.repeat(2_000) },
      'c',
    ];
    expect(readDiscovery({ services })).toEqual([
      { id: 'a', hook: 'order-sign', complete: true, prefetch: [['who', 'Patient/{{context.patientId}}']] },
      { id: 'b', hook: 'patient-view', complete: false, prefetch: [] },
    ]);
  });

  it.each([[undefined], [null], [{}], [[]], [{ services: 'a' }]])('%j is none', (json) => {
    expect(readDiscovery(json)).toBeUndefined();
  });
});
