export type SearchParameterType = 'token' | 'reference' | 'string' | 'date';

/** One search parameter the sandbox offers. */
export interface SearchParameter {
  readonly name: string;
  readonly type: SearchParameterType;
  /** FHIRPath over the resource, without `resolve()`: a reference is narrowed by `targets` instead. */
  readonly expression: string;
  /** Resource types a reference may point to. */
  readonly targets?: readonly string[];
  /** A chained parameter: the reference parameter to follow, the type it leads to, and the parameter asked there. */
  readonly chain?: { readonly through: string; readonly type: string; readonly parameter: string };
}

const token = (name: string, expression = name): SearchParameter => ({ name, type: 'token', expression });
const string = (name: string, expression = name): SearchParameter => ({ name, type: 'string', expression });
const date = (name: string, expression = name): SearchParameter => ({ name, type: 'date', expression });
const reference = (name: string, targets: readonly string[], expression = name): SearchParameter => ({
  name,
  type: 'reference',
  expression,
  targets,
});
const patient = (expression: string) => reference('patient', ['Patient'], expression);
const identifier = token('identifier');
const status = token('status');
const encounter = reference('encounter', ['Encounter']);
const actors = ['Patient', 'Practitioner', 'PractitionerRole', 'Location', 'Device', 'HealthcareService'];
const agents = ['Patient', 'Practitioner', 'PractitionerRole', 'Organization', 'Device', 'RelatedPerson'];

const ofEveryType = [
  token('_id', 'id'),
  date('_lastUpdated', 'meta.lastUpdated'),
  token('_tag', 'meta.tag'),
  token('_security', 'meta.security'),
];

/** What is searchable, by type. Names and meanings: https://hl7.org/fhir/R4/searchparameter-registry.html */
const byType: Readonly<Record<string, readonly SearchParameter[]>> = {
  Patient: [
    identifier,
    string('family', 'name.family'),
    string('given', 'name.given'),
    string('name', 'name.family | name.given | name.text'),
    date('birthdate', 'birthDate'),
    token('gender'),
    token('active'),
    token('telecom', 'telecom.value'),
    token('phone', "telecom.where(system = 'phone').value"),
    reference('general-practitioner', ['Practitioner', 'PractitionerRole', 'Organization'], 'generalPractitioner'),
    reference('organization', ['Organization'], 'managingOrganization'),
  ],
  Practitioner: [
    identifier,
    string('family', 'name.family'),
    string('given', 'name.given'),
    string('name', 'name.family | name.given | name.text'),
    token('active'),
  ],
  PractitionerRole: [
    identifier,
    reference('practitioner', ['Practitioner']),
    reference('organization', ['Organization']),
    reference('location', ['Location']),
    token('role', 'code'),
    token('specialty'),
  ],
  Organization: [identifier, string('name', 'name | alias'), token('active'), token('type')],
  Location: [
    identifier,
    string('name', 'name | alias'),
    status,
    token('type'),
    reference('organization', ['Organization'], 'managingOrganization'),
    reference('partof', ['Location'], 'partOf'),
  ],
  HealthcareService: [
    identifier,
    string('name'),
    token('service-type', 'type'),
    reference('location', ['Location']),
    reference('organization', ['Organization'], 'providedBy'),
  ],
  Device: [identifier, status, string('device-name', 'deviceName.name'), token('type'), patient('patient')],
  Schedule: [
    identifier,
    reference('actor', actors),
    token('active'),
    token('service-type', 'serviceType'),
    date('date', 'planningHorizon'),
  ],
  Slot: [
    identifier,
    reference('schedule', ['Schedule']),
    {
      ...reference('schedule.actor', actors, 'schedule'),
      chain: { through: 'schedule', type: 'Schedule', parameter: 'actor' },
    },
    date('start'),
    status,
    token('service-type', 'serviceType'),
    token('appointment-type', 'appointmentType'),
  ],
  Appointment: [
    identifier,
    patient('participant.actor'),
    reference('actor', actors, 'participant.actor'),
    reference('practitioner', ['Practitioner'], 'participant.actor'),
    reference('location', ['Location'], 'participant.actor'),
    reference('slot', ['Slot']),
    date('date', 'start'),
    status,
    token('service-type', 'serviceType'),
    token('appointment-type', 'appointmentType'),
  ],
  Encounter: [
    identifier,
    patient('subject'),
    reference('subject', ['Patient', 'Group'], 'subject'),
    reference('participant', ['Practitioner', 'PractitionerRole'], 'participant.individual'),
    reference('location', ['Location'], 'location.location'),
    reference('appointment', ['Appointment']),
    date('date', 'period'),
    status,
    token('class'),
    token('type'),
  ],
  Observation: [
    identifier,
    patient('subject'),
    reference('subject', ['Patient', 'Group', 'Device', 'Location'], 'subject'),
    encounter,
    token('category'),
    token('code'),
    date('date', 'effectiveDateTime | effectivePeriod | effectiveInstant'),
    status,
  ],
  Condition: [
    identifier,
    patient('subject'),
    encounter,
    token('category'),
    token('code'),
    token('clinical-status', 'clinicalStatus'),
    date('recorded-date', 'recordedDate'),
  ],
  MedicationRequest: [
    identifier,
    patient('subject'),
    encounter,
    status,
    token('intent'),
    token('code', 'medicationCodeableConcept'),
    reference('medication', ['Medication'], 'medicationReference'),
    date('authoredon', 'authoredOn'),
  ],
  Medication: [identifier, token('code'), status],
  AllergyIntolerance: [
    identifier,
    patient('patient'),
    token('clinical-status', 'clinicalStatus'),
    token('code', 'code | reaction.substance'),
  ],
  DocumentReference: [
    identifier,
    patient('subject'),
    reference('encounter', ['Encounter'], 'context.encounter'),
    reference('author', agents),
    status,
    token('type'),
    token('category'),
    date('date'),
  ],
  ServiceRequest: [
    identifier,
    patient('subject'),
    encounter,
    reference('requester', agents),
    status,
    token('intent'),
    token('priority'),
    token('code'),
    date('authored', 'authoredOn'),
  ],
  Task: [
    identifier,
    reference('focus', [
      'ServiceRequest',
      'MedicationRequest',
      'Appointment',
      'Encounter',
      'DocumentReference',
      'Coverage',
      'Task',
      'Patient',
      'Observation',
      'Condition',
    ]),
    patient('for'),
    reference('subject', ['Patient'], 'for'),
    reference('owner', agents),
    reference('requester', agents),
    encounter,
    status,
    token('business-status', 'businessStatus'),
    token('intent'),
    token('priority'),
    token('code'),
    date('authored-on', 'authoredOn'),
    date('modified', 'lastModified'),
  ],
  Coverage: [
    identifier,
    patient('beneficiary'),
    reference('beneficiary', ['Patient']),
    reference('payor', ['Organization', 'Patient', 'RelatedPerson']),
    token('subscriber-id', 'subscriberId'),
    status,
    token('type'),
  ],
  Consent: [identifier, patient('patient'), status, token('category'), token('scope'), date('date', 'dateTime')],
  Communication: [identifier, patient('subject'), encounter, status, date('sent')],
  AuditEvent: [
    date('date', 'recorded'),
    reference('patient', ['Patient'], 'agent.who | entity.what'),
    reference('agent', agents, 'agent.who'),
    reference(
      'entity',
      [
        'Patient',
        'Slot',
        'Appointment',
        'Schedule',
        'Encounter',
        'Observation',
        'Condition',
        'MedicationRequest',
        'Medication',
        'AllergyIntolerance',
        'DocumentReference',
        'Binary',
        'ServiceRequest',
        'Task',
        'Coverage',
        'AuditEvent',
        'Provenance',
        'Subscription',
        'Consent',
        'Practitioner',
        'Location',
        'Organization',
      ],
      'entity.what',
    ),
    token('type'),
    token('subtype'),
    token('action'),
    token('outcome'),
  ],
  Provenance: [
    reference('target', [
      'Appointment',
      'DocumentReference',
      'Task',
      'ServiceRequest',
      'Encounter',
      'Observation',
      'Condition',
      'MedicationRequest',
      'AllergyIntolerance',
      'Coverage',
      'Patient',
      'Communication',
    ]),
    patient('target'),
    reference('agent', agents, 'agent.who'),
    date('recorded'),
  ],
  Subscription: [status, string('criteria'), token('type', 'channel.type'), string('url', 'channel.endpoint')],
};

const resolved = new Map(Object.entries(byType).map(([type, own]) => [type, [...ofEveryType, ...own]]));

/** Parameters of a type including the ones every type has; empty for a type the sandbox does not serve. */
export function searchParametersOf(resourceType: string): readonly SearchParameter[] {
  return resolved.get(resourceType) ?? [];
}

export function searchParameter(resourceType: string, name: string): SearchParameter | undefined {
  return searchParametersOf(resourceType).find((parameter) => parameter.name === name);
}
