/** How one top-level element may look. */
export interface ElementRule {
  readonly name: string;
  readonly required: boolean;
  readonly array: boolean;
  /** A primitive's name; absent for a complex type and for a choice element (`value[x]`). */
  readonly primitive: string | undefined;
  readonly choice: boolean;
}

/** What the sandbox knows of one resource type; the rest of FHIR's rules are not checked. */
export interface ResourceTypeRule {
  readonly elements: readonly ElementRule[];
  /** Required elements below the top level, as dotted paths. */
  readonly nested: readonly string[];
  /** Codes of required bindings, by dotted path. */
  readonly codes: Readonly<Record<string, readonly string[]>>;
  /** Resource types a reference may point to, by dotted path. */
  readonly targets: Readonly<Record<string, readonly string[]>>;
}

interface Details {
  readonly nested?: readonly string[];
  readonly codes?: Readonly<Record<string, string>>;
  readonly targets?: Readonly<Record<string, string>>;
}

/** `name` with `*` for a list, `!` for required and `:primitive`; `name[x]` for a choice. */
function type(elements: string, { nested = [], codes = {}, targets = {} }: Details = {}): ResourceTypeRule {
  return {
    elements: `${ofEveryType} ${elements}`.split(/\s+/).map((text) => {
      const [, name = '', choice, array, required, primitive] =
        /^([A-Za-z]+)(\[x\])?(\*)?(!)?(?::([A-Za-z][A-Za-z0-9]*))?$/.exec(text) ?? [];
      return {
        name,
        choice: choice !== undefined,
        array: array !== undefined,
        required: required !== undefined,
        primitive,
      };
    }),
    nested,
    codes: split(codes),
    targets: split(targets),
  };
}

function split(table: Readonly<Record<string, string>>): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(Object.entries(table).map(([path, words]) => [path, words.split(' ')]));
}

const ofEveryType =
  'resourceType!:code id:id meta implicitRules:uri language:code text contained* extension* modifierExtension*';
const gender = 'male female other unknown';
const requestIntents = 'proposal plan order original-order reflex-order filler-order instance-order option';
const priority = 'routine urgent asap stat';
const contact = {
  'telecom.system': 'phone fax email pager url sms other',
  'telecom.use': 'home work temp old mobile',
};
const person = { ...contact, gender, 'name.use': 'usual official temp nickname anonymous old maiden' };
const subject = { subject: 'Patient Group' };
const actor = 'Patient Practitioner PractitionerRole RelatedPerson Device HealthcareService Location';

/** Element names, cardinalities and required bindings as in https://hl7.org/fhir/R4/resourcelist.html */
const rules: Readonly<Record<string, ResourceTypeRule>> = {
  Patient: type(
    `identifier* active:boolean name* telecom* gender:code birthDate:date deceased[x] address* maritalStatus
     multipleBirth[x] photo* contact* communication* generalPractitioner* managingOrganization link*`,
    { codes: person, targets: { managingOrganization: 'Organization' } },
  ),
  Practitioner: type(
    'identifier* active:boolean name* telecom* address* gender:code birthDate:date photo* qualification* communication*',
    { codes: person },
  ),
  PractitionerRole: type(
    `identifier* active:boolean period practitioner organization code* specialty* location* healthcareService*
     telecom* availableTime* notAvailable* availabilityExceptions:string endpoint*`,
    { targets: { practitioner: 'Practitioner', organization: 'Organization', location: 'Location' } },
  ),
  Organization: type(
    'identifier* active:boolean type* name:string alias*:string telecom* address* partOf contact* endpoint*',
    { codes: contact, targets: { partOf: 'Organization' } },
  ),
  Location: type(
    `identifier* status:code operationalStatus name:string alias*:string description:string mode:code type* telecom*
     address physicalType position managingOrganization partOf hoursOfOperation* availabilityExceptions:string endpoint*`,
    {
      codes: { status: 'active suspended inactive', mode: 'instance kind' },
      targets: { managingOrganization: 'Organization', partOf: 'Location' },
    },
  ),
  HealthcareService: type(
    `identifier* active:boolean providedBy category* type* specialty* location* name:string comment:string
     extraDetails:markdown photo telecom* coverageArea* serviceProvisionCode* eligibility* program* characteristic*
     communication* referralMethod* appointmentRequired:boolean availableTime* notAvailable*
     availabilityExceptions:string endpoint*`,
    { targets: { providedBy: 'Organization', location: 'Location' } },
  ),
  Device: type(
    `identifier* definition udiCarrier* status:code statusReason* distinctIdentifier:string manufacturer:string
     manufactureDate:dateTime expirationDate:dateTime lotNumber:string serialNumber:string deviceName* modelNumber:string
     partNumber:string type specialization* version* property* patient owner contact* location url:uri note* safety* parent`,
    { codes: { status: 'active inactive entered-in-error unknown' }, targets: { patient: 'Patient' } },
  ),
  Schedule: type(
    'identifier* active:boolean serviceCategory* serviceType* specialty* actor*! planningHorizon comment:string',
    { targets: { actor } },
  ),
  Slot: type(
    `identifier* serviceCategory* serviceType* specialty* appointmentType schedule! status!:code start!:instant
     end!:instant overbooked:boolean comment:string`,
    {
      codes: { status: 'busy free busy-unavailable busy-tentative entered-in-error' },
      targets: { schedule: 'Schedule' },
    },
  ),
  Appointment: type(
    `identifier* status!:code cancelationReason serviceCategory* serviceType* specialty* appointmentType reasonCode*
     reasonReference* priority:unsignedInt description:string supportingInformation* start:instant end:instant
     minutesDuration:positiveInt slot* created:dateTime comment:string patientInstruction:string basedOn* participant*!
     requestedPeriod*`,
    {
      nested: ['participant.status'],
      codes: {
        status: 'proposed pending booked arrived fulfilled cancelled noshow entered-in-error checked-in waitlist',
        'participant.status': 'accepted declined tentative needs-action',
        'participant.required': 'required optional information-only',
      },
      targets: { slot: 'Slot', 'participant.actor': actor },
    },
  ),
  Encounter: type(
    `identifier* status!:code statusHistory* class! classHistory* type* serviceType priority subject episodeOfCare*
     basedOn* participant* appointment* period length reasonCode* reasonReference* diagnosis* account* hospitalization
     location* serviceProvider partOf`,
    {
      nested: ['location.location'],
      codes: { status: 'planned arrived triaged in-progress onleave finished cancelled entered-in-error unknown' },
      targets: { ...subject, appointment: 'Appointment', 'location.location': 'Location' },
    },
  ),
  Observation: type(
    `identifier* basedOn* partOf* status!:code category* code! subject focus* encounter effective[x] issued:instant
     performer* value[x] dataAbsentReason interpretation* note* bodySite method specimen device referenceRange*
     hasMember* derivedFrom* component*`,
    {
      nested: ['component.code'],
      codes: { status: 'registered preliminary final amended corrected cancelled entered-in-error unknown' },
      targets: { subject: 'Patient Group Device Location', encounter: 'Encounter' },
    },
  ),
  Condition: type(
    `identifier* clinicalStatus verificationStatus category* severity code bodySite* subject! encounter onset[x]
     abatement[x] recordedDate:dateTime recorder asserter stage* evidence* note*`,
    { targets: { ...subject, encounter: 'Encounter' } },
  ),
  MedicationRequest: type(
    `identifier* status!:code statusReason intent!:code category* priority:code doNotPerform:boolean reported[x]
     medication[x]! subject! encounter supportingInformation* authoredOn:dateTime requester performer performerType
     recorder reasonCode* reasonReference* instantiatesCanonical*:canonical instantiatesUri*:uri basedOn*
     groupIdentifier courseOfTherapyType insurance* note* dosageInstruction* dispenseRequest substitution
     priorPrescription detectedIssue* eventHistory*`,
    {
      codes: {
        status: 'active on-hold cancelled completed entered-in-error stopped draft unknown',
        intent: requestIntents,
        priority,
      },
      targets: { ...subject, encounter: 'Encounter' },
    },
  ),
  Medication: type('identifier* code status:code manufacturer form amount ingredient* batch', {
    codes: { status: 'active inactive entered-in-error' },
  }),
  AllergyIntolerance: type(
    `identifier* clinicalStatus verificationStatus type:code category*:code criticality:code code patient! encounter
     onset[x] recordedDate:dateTime recorder asserter lastOccurrence:dateTime note* reaction*`,
    {
      nested: ['reaction.manifestation'],
      codes: {
        type: 'allergy intolerance',
        category: 'food medication environment biologic',
        criticality: 'low high unable-to-assess',
      },
      targets: { patient: 'Patient', encounter: 'Encounter' },
    },
  ),
  DocumentReference: type(
    `masterIdentifier identifier* status!:code docStatus:code type category* subject date:instant author* authenticator
     custodian relatesTo* description:string securityLabel* content*! context`,
    {
      nested: ['content.attachment', 'relatesTo.code', 'relatesTo.target'],
      codes: {
        status: 'current superseded entered-in-error',
        docStatus: 'preliminary final amended entered-in-error',
        'relatesTo.code': 'replaces transforms signs appends',
      },
      targets: {
        subject: 'Patient Practitioner Group Device',
        'context.encounter': 'Encounter EpisodeOfCare',
        'relatesTo.target': 'DocumentReference',
      },
    },
  ),
  Binary: type('contentType!:code securityContext data:base64Binary'),
  ServiceRequest: type(
    `identifier* instantiatesCanonical*:canonical instantiatesUri*:uri basedOn* replaces* requisition status!:code
     intent!:code category* priority:code doNotPerform:boolean code orderDetail* quantity[x] subject! encounter
     occurrence[x] asNeeded[x] authoredOn:dateTime requester performerType performer* locationCode* locationReference*
     reasonCode* reasonReference* insurance* supportingInfo* specimen* bodySite* note* patientInstruction:string
     relevantHistory*`,
    {
      codes: {
        status: 'draft active on-hold revoked completed entered-in-error unknown',
        intent: `directive ${requestIntents}`,
        priority,
      },
      targets: { subject: 'Patient Group Location Device', encounter: 'Encounter' },
    },
  ),
  Task: type(
    `identifier* instantiatesCanonical:canonical instantiatesUri:uri basedOn* groupIdentifier partOf* status!:code
     statusReason businessStatus intent!:code priority:code code description:string focus for encounter executionPeriod
     authoredOn:dateTime lastModified:dateTime requester performerType* owner location reasonCode reasonReference
     insurance* note* relevantHistory* restriction input* output*`,
    {
      nested: ['input.type', 'output.type'],
      codes: {
        status:
          'draft requested received accepted rejected ready cancelled in-progress on-hold failed completed entered-in-error',
        intent: `unknown ${requestIntents}`,
        priority,
      },
      targets: { for: 'Patient Group', encounter: 'Encounter' },
    },
  ),
  Coverage: type(
    `identifier* status!:code type policyHolder subscriber subscriberId:string beneficiary! dependent:string relationship
     period payor*! class* order:positiveInt network:string costToBeneficiary* subrogation:boolean contract*`,
    {
      nested: ['class.type', 'class.value'],
      codes: { status: 'active cancelled draft entered-in-error' },
      targets: { beneficiary: 'Patient', payor: 'Organization Patient RelatedPerson' },
    },
  ),
  Consent: type(
    `identifier* status!:code scope! category*! patient dateTime:dateTime performer* organization* source[x] policy*
     policyRule verification* provision`,
    {
      codes: { status: 'draft proposed active rejected inactive entered-in-error', 'provision.type': 'deny permit' },
      targets: { patient: 'Patient' },
    },
  ),
  Communication: type(
    `identifier* instantiatesCanonical*:canonical instantiatesUri*:uri basedOn* partOf* inResponseTo* status!:code
     statusReason category* priority:code medium* subject topic about* encounter sent:dateTime received:dateTime
     recipient* sender reasonCode* reasonReference* payload* note*`,
    {
      codes: {
        status: 'preparation in-progress not-done on-hold stopped completed entered-in-error unknown',
        priority,
      },
      targets: { ...subject, encounter: 'Encounter' },
    },
  ),
  AuditEvent: type(
    `type! subtype* action:code period recorded!:instant outcome:code outcomeDesc:string purposeOfEvent* agent*! source!
     entity*`,
    { nested: ['agent.requestor'], codes: { action: 'C R U D E', outcome: '0 4 8 12' } },
  ),
  Provenance: type(
    `target*! occurred[x] recorded!:instant policy*:uri location reason* activity agent*! entity* signature*`,
    {
      nested: ['agent.who', 'entity.role', 'entity.what'],
      codes: { 'entity.role': 'derivation revision quotation source removal' },
    },
  ),
  Subscription: type('status!:code contact* end:instant reason!:string criteria!:string error:string channel!', {
    nested: ['channel.type'],
    codes: { status: 'requested active error off', 'channel.type': 'rest-hook websocket email sms message' },
  }),
};

export const resourceTypes: readonly string[] = Object.keys(rules).sort();

/** `undefined` for a type the sandbox does not serve. */
export function resourceTypeRule(resourceType: string): ResourceTypeRule | undefined {
  return Object.hasOwn(rules, resourceType) ? rules[resourceType] : undefined;
}

/** Interactions of the REST API by type; the same list steers the handler and fills the CapabilityStatement. */
export type TypeInteraction =
  'read' | 'vread' | 'update' | 'patch' | 'delete' | 'history-instance' | 'history-type' | 'create' | 'search-type';

const readOnly: readonly TypeInteraction[] = ['read', 'vread', 'history-instance', 'history-type', 'search-type'];
const everything: readonly TypeInteraction[] = [...readOnly, 'create', 'update', 'patch', 'delete'];

/** The audit trail is written by the server alone, whatever scopes a client holds; contents come with their documents. */
export function interactionsOf(resourceType: string): readonly TypeInteraction[] {
  if (resourceType === 'Binary') return ['read', 'vread'];
  return resourceType === 'AuditEvent' ? readOnly : everything;
}
