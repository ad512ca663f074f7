import { describe, expect, it } from 'vitest';
import { includeParameters, notInSelf, searchControls } from '../../src/gather/search-control.js';

const controls = (...parameters: [string, string][]) =>
  searchControls(parameters).map((control) => [control.parameter, control.parameters]);

describe('searches with a value that nothing matches', () => {
  it('keep the form of the value: system, type of a reference, date with or without prefix', () => {
    expect(controls(['identifier', 'urn:mrn|M-1'])).toEqual([
      ['identifier', [['identifier', 'urn:mrn|ehr-scorecard-none']]],
    ]);
    expect(controls(['schedule.actor', 'Practitioner/p1'])).toEqual([
      ['schedule.actor', [['schedule.actor', 'Practitioner/ehr-scorecard-none']]],
    ]);
    expect(controls(['birthdate', '1980-02-03'])).toEqual([['birthdate', [['birthdate', '1899-12-31']]]]);
    expect(controls(['date', 'ge2026-11-20T08:00:00Z'])).toEqual([['date', [['date', 'lt1899-12-31']]]]);
  });

  it('change one filter and keep the others, a filter that stands twice as one', () => {
    expect(controls(['patient', 'p1'], ['start', 'ge2026-12-01'], ['start', 'lt2026-12-31'])).toEqual([
      [
        'patient',
        [
          ['start', 'ge2026-12-01'],
          ['start', 'lt2026-12-31'],
          ['patient', 'ehr-scorecard-none'],
        ],
      ],
      [
        'start',
        [
          ['patient', 'p1'],
          ['start', 'lt1899-12-31'],
        ],
      ],
    ]);
  });

  it('leave alone what shapes the result', () => {
    expect(controls(['_sort', 'date'], ['_include', 'Slot:schedule'], ['_count', '5'])).toEqual([]);
  });
});

describe('parameters a self link does not repeat', () => {
  const asked: [string, string][] = [
    ['patient', 'p1'],
    ['schedule.actor', 'Practitioner/p1'],
    ['_sort', 'date'],
  ];
  it('are named; modifiers and types of chains make no difference', () => {
    expect(notInSelf(asked, 'https://ehr.example/Slot?patient:Patient=p1&schedule:Schedule.actor=x')).toEqual([
      '_sort',
    ]);
  });
  it('are not told by a link without parameters, or by no link', () => {
    expect(notInSelf(asked, 'https://ehr.example/Slot/_search')).toEqual([]);
    expect(notInSelf(asked, undefined)).toEqual([]);
    expect(notInSelf(asked, 'http://[')).toEqual([]);
  });
});

it('includes are told from filters, with and without a modifier', () => {
  const asked: [string, string][] = [
    ['patient', 'p1'],
    ['_include:iterate', 'Slot:schedule'],
    ['_revinclude', 'Provenance:target'],
    ['_include', 'Appointment:slot'],
    ['_include', 'Appointment:patient'],
  ];
  expect(includeParameters(asked)).toEqual(['_include:iterate', '_revinclude', '_include']);
});
