import type { CodeableConcept } from 'fhir/r4.js';

export function concept(system: string, code: string, display: string): CodeableConcept {
  return { coding: [{ system, code, display }], text: display };
}

/** A code of one of HL7's terminology code systems. */
export function terminology(codeSystem: string, code: string): CodeableConcept {
  return { coding: [{ system: `http://terminology.hl7.org/CodeSystem/${codeSystem}`, code }] };
}
