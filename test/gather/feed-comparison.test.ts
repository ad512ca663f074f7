import type { Appointment, Patient } from 'fhir/r4.js';
import { expect, it } from 'vitest';
import { readHl7Message } from '../../src/fhir/hl7v2.js';
import { compareWithFhir, isAbout, isOfPatient } from '../../src/gather/feed-comparison.js';

const patient: Patient = {
  resourceType: 'Patient',
  id: 'p1',
  identifier: [{ system: 'urn:mrn', value: 'A1' }],
  name: [{ family: 'Müller', given: ['Ann', 'Bea'] }],
  birthDate: '1980-02-03',
  gender: 'female',
};
const visit: Appointment = {
  resourceType: 'Appointment',
  id: 'v1',
  identifier: [{ value: 'order-7' }],
  status: 'cancelled',
  start: '2026-12-01T09:00:00-06:00',
  participant: [],
};
const message = (...segments: string[]) =>
  readHl7Message(
    Buffer.from(
      ['MSH|^~\\&|E|N|B|T|20261120080000||SIU^S15|c1|T|2.5', ...segments].map((each) => `${each}\r`).join(''),
    ),
  )!;
const sch = (start: string, status = 'Cancelled', id = 'v1') => `SCH||${id}|||||||||^^^${start}||||||||||||||${status}`;
const pid = 'PID|1||A1^^^X||MÜLLER^ANN||19800203|F';

it('finds patient and record equal, whatever the case of a name', () => {
  const compared = ['PID-5', 'PID-7', 'PID-8', 'start', 'SCH-25'];
  expect(compareWithFhir(message(sch('20261201150000+0000'), pid), visit, patient)).toEqual({
    patient: 'same',
    compared,
    differs: [],
  });
});

it.each<[string, string[], string[]]>([
  ['another family', [sch('20261201150000+0000'), 'PID|1||A1||Miller^Ann||19800203|F'], ['PID-5']],
  ['another first name', [sch('20261201150000+0000'), 'PID|1||A1||Müller^Eve||19800203|F'], ['PID-5']],
  ['day and month changed places', [sch('20261201150000+0000'), 'PID|1||A1||Müller^Ann||19800302|F'], ['PID-7']],
  ['another sex', [sch('20261201150000+0000'), 'PID|1||A1||Müller^Ann||19800203|M'], ['PID-8']],
  ['another hour', [sch('20261201140000+0000'), pid], ['start']],
  ['seven minutes later, without an offset', [sch('20261201090700'), pid], ['start']],
  ['half past thirty', [sch('20261201300900+0000'), pid], ['start']],
  ['another start in the second place', [sch('20261201150000+0000'), 'AIS|1|A|v|20261201160000+0000', pid], ['start']],
  ['another status', [sch('20261201150000+0000', 'Booked'), pid], ['SCH-25']],
])('sees %s', (_, segments, differs) => {
  expect(compareWithFhir(message(...segments), visit, patient).differs).toEqual(differs);
});

it('takes a time without an offset for one of the place', () => {
  expect(compareWithFhir(message(sch('202612010900'), pid), visit, patient).differs).toEqual([]);
});

it('compares nothing that is not there', () => {
  expect(compareWithFhir(message('SCH||v1'), visit, patient)).toEqual({
    patient: 'not-named',
    compared: [],
    differs: [],
  });
});

it.each<[string, string, boolean | undefined]>([
  ['its identifier', 'PID|1||X^^^Y~A1', true],
  ['its logical id', 'PID|1||p1', true],
  ['another one', 'PID|1||B2', false],
  ['none', 'PID|1', undefined],
])('knows the patient by %s', (_, segment, expected) => {
  expect(isOfPatient(message(segment), patient)).toBe(expected);
});

it.each<[string, string[], boolean]>([
  ['by its id', [sch('', '', 'v1')], true],
  ['by its order number', ['SCH|order-7|x'], true],
  ['by patient and start', [sch('20261201150000+0000', '', 'x9'), pid], true],
  ['not by the start of another patient', [sch('20261201150000+0000', '', 'x9'), 'PID|1||B2'], false],
  ['not by its patient alone', [sch('20261202150000+0000', '', 'x9'), pid], false],
])('knows the visit %s', (_, segments, expected) => {
  expect(isAbout(message(...segments), visit, patient)).toBe(expected);
});
