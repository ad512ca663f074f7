import type { CodeableConcept, Coding } from 'fhir/r4.js';

export function concept(system: string, code: string, display: string): CodeableConcept {
  return { coding: [{ system, code, display }], text: display };
}

/** A code of one of HL7's terminology code systems. */
export function terminology(codeSystem: string, code: string): CodeableConcept {
  return { coding: [{ system: `http://terminology.hl7.org/CodeSystem/${codeSystem}`, code }] };
}

/** v3-ActCode of the sensitivity of what is labelled. */
export const sensitivity = 'PSY';
/** Labels of what programs do not get (https://hl7.org/fhir/R4/security-labels.html). */
export const restricted: readonly Coding[] = [
  { system: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality', code: 'R', display: 'restricted' },
  {
    system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode',
    code: sensitivity,
    display: 'psychiatry disorder information sensitivity',
  },
];
