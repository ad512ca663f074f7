import { describe, expect, it } from 'vitest';
import { lettersAllowed, readScope, scopesAllow } from '../../src/fhir/scopes.js';

describe('SMART scopes', () => {
  it('expands version 1 into the letters of version 2', () => {
    expect(readScope('system/Patient.read')).toMatchObject({ letters: 'rs', version: 1 });
    expect(readScope('user/Task.write')).toMatchObject({ level: 'user', letters: 'cud', version: 1 });
    expect(readScope('system/*.*')).toMatchObject({ resourceType: '*', letters: 'cruds', version: 1 });
  });

  it('reads version 2, narrowed by a parameter or not, letters in any order', () => {
    expect(readScope('patient/Observation.rs?category=laboratory')).toMatchObject({ letters: 'rs', narrowed: true });
    expect(readScope('system/Appointment.src')).toMatchObject({ letters: 'crs', version: 2, narrowed: false });
  });

  it.each(['openid', 'launch/patient', 'system/patient.rs', 'system/Patient.', 'system/Patient.x', 'Patient.rs', ''])(
    'takes %j for no scope on a resource',
    (text) => expect(readScope(text)).toBeUndefined(),
  );

  it('adds up the letters of one type and of the wildcard', () => {
    const scopes = ['system/Slot.r', 'system/*.s', 'system/Task.cruds', 'openid'];
    expect(lettersAllowed(scopes, 'Slot')).toBe('rs');
    expect(scopesAllow(scopes, 'Slot', 'u')).toBe(false);
    expect(scopesAllow(scopes, 'Task', 'd')).toBe(true);
  });
});
