import { describe, expect, it } from 'vitest';
import site from '../../../checks/scope/site.js';
import type { FactValue } from '../../../src/model/fact.js';
import type { Holder } from '../../../src/model/outcome.js';
import { permissionCells } from '../../../src/model/subjects.js';
import { testCheck, type CaseFacts } from '../../support/test-check.js';

type Reading = FactValue<'site-reading'>;
const refused = { letter: 'r', site: 'south', status: 403, seen: 'refused' } as const;
const kept: Reading = {
  sites: 2,
  ownSite: 'north',
  trials: [refused, { ...refused, letter: 's', status: 200, seen: 'nothing' }],
  allowedBefore: true,
  allowedAfter: true,
};
const reading = (different: Partial<Reading> = {}) => ({ 'site-reading': { ...kept, ...different } });
const given = { ...refused, status: 200, seen: 'data' } as const;

const cell = { role: 'bot', resourceType: 'Appointment', allow: 'crus', product: true, sites: ['own'] };
const heldBy = (siteLimitHeldBy: Holder, facts: CaseFacts) => ({
  facts,
  subject: { item: { ...cell, siteLimitHeldBy } },
});
const trials = (count: number, breaches: number): CaseFacts => ({
  ...reading({ trials: [given] }),
  'product-trials': [{ control: 'siteLimit', trials: count, breaches }],
});
const drills = (count: number, missed: number): CaseFacts => ({
  ...reading({ trials: [given] }),
  'person-drills': [{ control: 'siteLimit', drills: count, missed }],
});

testCheck(site, {
  pass: {
    'refused to read, nothing found': reading(),
    'hidden instead of refused': reading({ trials: [{ ...refused, status: 404, seen: 'hidden' }] }),
    'one site in all': reading({ sites: 1, trials: [] }),
    'held by the product, and the EHR refuses all the same': heldBy('product', reading()),
    'held by the product, ten trials': heldBy('product', trials(10, 0)),
    'held by a person, three drills': heldBy('person', drills(3, 0)),
  },
  fail: {
    'read at another site': reading({ trials: [given] }),
    'found at another site': reading({ trials: [refused, { ...given, letter: 's' }] }),
    'the product cannot hold people back': {
      facts: trials(10, 0),
      subject: { item: { ...cell, product: false, siteLimitHeldBy: 'product' } },
    },
    'the product broke it once': heldBy('product', trials(10, 1)),
    'a person missed it once': heldBy('person', drills(3, 1)),
  },
  notMeasured: {
    'nothing works before': reading({ allowedBefore: false }),
    'nothing works after': reading({ allowedAfter: false }),
    'the server fails': reading({ trials: [{ ...refused, status: 500, seen: 'fault' }] }),
    'the request is invalid': reading({ trials: [{ ...refused, status: 400, seen: 'unusual' }] }),
    'the product should hold it, nine trials': heldBy('product', trials(9, 0)),
    'a person should hold it, two drills': heldBy('person', drills(2, 0)),
  },
  notApplicable: {
    'at every site': { facts: reading(), subject: { item: { ...cell, sites: 'any' } } },
    'may neither read nor search': { facts: reading(), subject: { item: { ...cell, allow: 'c', sites: [] } } },
  },
});

describe('sites of a cell', () => {
  const of = (rules: { role: string; site?: string | string[]; allow: Record<string, string> }[]) =>
    permissionCells({
      apiVersion: 'ehr-scorecard/v1',
      kind: 'WorkflowContract',
      metadata: { id: 'scheduling' },
      permissions: { siteLimit: { heldBy: 'product' }, rules },
    }).map(({ resourceType, sites, siteLimitHeldBy }) => [resourceType, sites, siteLimitHeldBy]);

  it('are those of the rules that let it read or search', () => {
    const rules = [
      { role: 'bot', site: 'own', allow: { Slot: 'rs', Task: 'r' } },
      { role: 'bot', site: ['south'], allow: { Slot: 's', Task: 'c' } },
      { role: 'bot', site: 'any', allow: { Task: 'u' } },
      { role: 'bot', allow: { Patient: 'r' } },
    ];
    expect(of(rules)).toEqual([
      ['Patient', 'any', 'product'],
      ['Slot', ['own', 'south'], 'product'],
      ['Task', ['own'], 'product'],
    ]);
  });
});
