import visibleToStaff from '../../../checks/write/visible-to-staff.js';
import type { FactValue } from '../../../src/model/fact.js';
import { testCheck } from '../../support/test-check.js';

type View = FactValue<'staff-view'>['views'][number];
const by = (who: string, sees: View['sees'], kind: View['kind'] = 'staff'): View => ({ who, kind, sees });
const views = (...all: View[]): FactValue<'staff-view'> => ({ views: all, notLookedAs: [] });
const seen = (more: Partial<FactValue<'seen-on-screen'>> = {}): FactValue<'seen-on-screen'> => ({
  sightings: 2,
  notFound: 0,
  secondLogins: 0,
  wrongWords: 0,
  witnesses: ['A. Doe', 'B. Roe'],
  ...more,
});
const found = views(by('scheduler', 'as-written'), by('patient portal', 'as-written', 'consumer'));

testCheck(visibleToStaff, {
  pass: { 'found, and read off the screen': { 'staff-view': found, 'seen-on-screen': seen() } },
  warn: {
    'through the interface only': { 'staff-view': found },
    'the words were not those of the run': {
      'staff-view': found,
      'seen-on-screen': seen({ sightings: 0, wrongWords: 2 }),
    },
    'a second sign-in': { 'staff-view': found, 'seen-on-screen': seen({ secondLogins: 1 }) },
    'found once, then not': { 'staff-view': found, 'seen-on-screen': seen({ sightings: 1, notFound: 1 }) },
  },
  fail: {
    'staff do not find it': { 'staff-view': views(by('scheduler', 'nothing')), 'seen-on-screen': seen() },
    'a consumer does not find it': {
      'staff-view': views(by('scheduler', 'as-written'), by('patient portal', 'nothing', 'consumer')),
    },
    'staff see the old state': { 'staff-view': views(by('scheduler', 'other-state')) },
    'one sees nothing, of another one does not know': {
      'staff-view': views(by('scheduler', 'unknown'), by('front-desk', 'nothing')),
    },
    'not on the screen': { 'staff-view': found, 'seen-on-screen': seen({ sightings: 0, notFound: 1 }) },
  },
  notMeasured: {
    'no staff session': { 'staff-view': { views: [], notLookedAs: ['scheduler'] } },
    'consumers only': { 'staff-view': views(by('patient portal', 'as-written', 'consumer')) },
    'the search was refused': { 'staff-view': views(by('scheduler', 'unknown')), 'seen-on-screen': seen() },
  },
  notApplicable: {
    'a suggestion': {
      facts: { 'staff-view': found },
      subject: { item: { action: { id: 'offer', kind: 'suggest' }, path: undefined } },
    },
  },
});
