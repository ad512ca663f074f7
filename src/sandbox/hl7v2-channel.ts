import { partOf, type Documents } from './deviation.js';

/** The scheduling workflow hears of freed visits by the HL7 v2 feed. */
export function byHl7v2({ organization }: Documents): void {
  partOf(organization, 'channels')['appointment-freed'] = {
    kind: 'hl7v2',
    event: 'SIU^S15',
    listener: 'hl7v2',
    clock: 'MSH-7',
  };
}
