import history from '../../../checks/rollback/history.js';
import { testCheck, type FullCase } from '../../support/test-check.js';

const kept = {
  status: 200,
  made: 3,
  listed: 3,
  withContent: 3,
  newestFirst: true,
  withTimes: true,
  versionStatus: 200,
  beforeByVersion: true,
  controlsHeld: true,
};
const nothing = {
  ...kept,
  listed: 0,
  withContent: 0,

  versionStatus: 404,
  beforeByVersion: false,
};

/** An action that patches. */
const cancel = (seen: typeof kept): FullCase => ({
  facts: { 'version-history': seen },
  subject: {
    item: {
      action: { id: 'cancel', kind: 'commit', via: 'fhir-r4', interaction: 'patch', resource: 'Appointment' },
      path: undefined,
    },
  },
});

testCheck(history, {
  pass: { 'three versions, newest first, with times': cancel(kept) },
  warn: {
    'the current version only': cancel({ ...nothing, status: 200, listed: 1, withContent: 1 }),
    'versions without content': cancel({ ...kept, withContent: 0 }),
    'oldest first': cancel({ ...kept, newestFirst: false }),
    'no times': cancel({ ...kept, withTimes: false }),
    'no reading of one version': cancel({ ...kept, versionStatus: 404, beforeByVersion: false }),
    'no history, but the version can be read': cancel({ ...kept, status: 404, listed: 0, withContent: 0 }),
  },
  fail: {
    'neither history nor version': cancel({ ...nothing, status: 404 }),
    'not implemented': cancel({ ...nothing, status: 501, versionStatus: 501 }),
    'server error': cancel({ ...nothing, status: 500 }),
  },
  notMeasured: {
    'the object is gone too': cancel({ ...nothing, status: 404, controlsHeld: false }),
    'the client has no right to it': cancel({ ...nothing, status: 403, versionStatus: 403 }),
  },
  notApplicable: {
    'an action that only creates': {
      facts: { 'version-history': kept },
      subject: {
        item: {
          action: {
            id: 'note',
            kind: 'draft',
            via: 'fhir-r4',
            interaction: 'create',
            resource: 'DocumentReference',
            compensation: { interaction: 'person' },
          },
          path: undefined,
        },
      },
    },
  },
});
