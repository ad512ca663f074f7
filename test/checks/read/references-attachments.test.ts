import referencesAttachments from '../../../checks/read/references-attachments.js';
import { testCheck } from '../../support/test-check.js';

const clean = {
  path: 'DocumentReference.content.attachment',
  follow: 'attachment',
  records: 22,
  links: 14,
  opened: 14,
  contained: 0,
  broken: 0,
  unusable: 0,
  otherLogin: 0,
  elsewhere: 0,
} as const;
const seen = (...changes: readonly Partial<Record<keyof typeof clean, string | number>>[]) => ({
  facts: { 'followed-links': { fields: changes.map((change) => ({ ...clean, ...change }) as typeof clean) } },
  subject: {
    item: { id: 'notes', type: 'DocumentReference', fields: [{ path: clean.path, follow: 'attachment' }] },
  },
});

testCheck(referencesAttachments, {
  pass: {
    'all of 14 open': seen({}),
    'some are held by the record': seen({ contained: 3 }),
  },
  warn: {
    'one of 14 is broken': seen({ opened: 13, broken: 1 }),
    'two of 14 are of another type': seen({ opened: 12, unusable: 2 }),
    'all are held by the record': seen({ contained: 14 }),
  },
  fail: {
    'all of 14 are broken': seen({ opened: 0, broken: 14 }),
    'seven of 14, of two kinds': seen({ opened: 7, broken: 4, unusable: 3 }),
    'two of two settle it too': seen({ links: 2, opened: 0, broken: 2 }),
    'one asks for another login': seen({ opened: 13, otherLogin: 1 }),
    'one leads elsewhere': seen({ opened: 13, elsewhere: 1 }),
    'one field of two': seen({}, { path: 'DocumentReference.author', follow: 'reference', opened: 0, broken: 14 }),
  },
  notMeasured: {
    'thirteen, all open': seen({ links: 13, opened: 13 }),
    'no link at all': seen({ links: 0, opened: 0 }),
    'three of 14 are more than bearable and not shown': seen({ opened: 11, broken: 3 }),
  },
});
