// https://hl7.org/fhir/R4/search.html and the search parameter tables of each resource page. Types that are not listed
// here are not judged.
const forAll = new Set(
  (
    '_id _lastUpdated _tag _profile _security _source _text _content _list _has _type _query _filter ' +
    '_sort _count _include _revinclude _summary _total _elements _contained _containedType _format _pretty'
  ).split(' '),
);

const byType: Readonly<Record<string, string>> = {
  AllergyIntolerance:
    'asserter category clinical-status code criticality date identifier last-date manifestation onset patient recorder route severity type verification-status',
  Appointment:
    'actor appointment-type based-on date identifier location part-status patient practitioner reason-code reason-reference service-category service-type slot specialty status supporting-info',
  AuditEvent:
    'action address agent agent-name agent-role altid date entity entity-name entity-role entity-type outcome patient policy site source subtype type',
  CarePlan:
    'activity-code activity-date activity-reference based-on care-team category condition date encounter goal identifier instantiates-canonical instantiates-uri intent part-of patient performer replaces status subject',
  CareTeam: 'category date encounter identifier participant patient status subject',
  Claim:
    'care-team created detail-udi encounter enterer facility identifier insurer item-udi patient payee priority procedure-udi provider status subdetail-udi use',
  ClaimResponse: 'created disposition identifier insurer outcome patient payment-date request requestor status use',
  Communication:
    'based-on category encounter identifier instantiates-canonical instantiates-uri medium part-of patient received recipient sender sent status subject',
  Composition:
    'attester author category confidentiality context date encounter entry identifier patient period related-id related-ref section status subject title type',
  Condition:
    'abatement-age abatement-date abatement-string asserter body-site category clinical-status code encounter evidence evidence-detail identifier onset-age onset-date onset-info patient recorded-date severity stage subject verification-status',
  Consent:
    'action actor category consentor data date identifier organization patient period purpose scope security-label source-reference status',
  Coverage:
    'beneficiary class-type class-value dependent identifier patient payor policy-holder status subscriber type',
  Device: 'device-name identifier location manufacturer model organization patient status type udi-carrier udi-di url',
  DiagnosticReport:
    'based-on category code conclusion date encounter identifier issued media patient performer result results-interpreter specimen status subject',
  DocumentReference:
    'authenticator author category contenttype custodian date description encounter event facility format identifier language location patient period related relatesto relation relationship security-label setting status subject type',
  Encounter:
    'account appointment based-on class date diagnosis episode-of-care identifier length location location-period part-of participant participant-type patient practitioner reason-code reason-reference service-provider special-arrangement status subject type',
  Goal: 'achievement-status category identifier lifecycle-status patient start-date subject target-date',
  Group: 'actual characteristic characteristic-value code exclude identifier managing-entity member type value',
  HealthcareService:
    'active characteristic coverage-area endpoint identifier location name organization program service-category service-type specialty',
  Immunization:
    'date identifier location lot-number manufacturer patient performer reaction reaction-date reason-code reason-reference series status status-reason target-disease vaccine-code',
  Location:
    'address address-city address-country address-postalcode address-state address-use endpoint identifier name near operational-status organization partof status type',
  Medication: 'code expiration-date form identifier ingredient ingredient-code lot-number manufacturer status',
  MedicationAdministration:
    'code context device effective-time identifier medication patient performer reason-given reason-not-given request status subject',
  MedicationDispense:
    'code context destination identifier medication patient performer prescription receiver responsibleparty status subject type whenhandedover whenprepared',
  MedicationRequest:
    'authoredon category code date encounter identifier intended-dispenser intended-performer intended-performertype intent medication patient priority requester status subject',
  MedicationStatement: 'category code context effective identifier medication part-of patient source status subject',
  Observation:
    'based-on category code code-value-concept code-value-date code-value-quantity code-value-string combo-code combo-code-value-concept combo-code-value-quantity combo-data-absent-reason combo-value-concept combo-value-quantity component-code component-code-value-concept component-code-value-quantity component-data-absent-reason component-value-concept component-value-quantity data-absent-reason date derived-from device encounter focus has-member identifier method part-of patient performer specimen status subject value-concept value-date value-quantity value-string',
  Organization:
    'active address address-city address-country address-postalcode address-state address-use endpoint identifier name partof phonetic type',
  Patient:
    'active address address-city address-country address-postalcode address-state address-use birthdate death-date deceased email family gender general-practitioner given identifier language link name organization phone phonetic telecom',
  Person:
    'address address-city address-country address-postalcode address-state address-use birthdate email gender identifier link name organization patient phone phonetic practitioner relatedperson telecom',
  Practitioner:
    'active address address-city address-country address-postalcode address-state address-use communication email family gender given identifier name phone phonetic telecom',
  PractitionerRole:
    'active date email endpoint identifier location organization phone practitioner role service specialty telecom',
  Procedure:
    'based-on category code date encounter identifier instantiates-canonical instantiates-uri location part-of patient performer reason-code reason-reference status subject',
  Provenance: 'agent agent-role agent-type entity location patient recorded signature-type target when',
  Questionnaire:
    'code context context-quantity context-type context-type-quantity context-type-value date definition description effective identifier jurisdiction name publisher status subject-type title url version',
  QuestionnaireResponse:
    'author authored based-on encounter identifier item-subject part-of patient questionnaire source status subject',
  RelatedPerson:
    'active address address-city address-country address-postalcode address-state address-use birthdate email gender identifier name patient phone phonetic relationship telecom',
  Schedule: 'active actor date identifier service-category service-type specialty',
  ServiceRequest:
    'authored based-on body-site category code encounter identifier instantiates-canonical instantiates-uri intent occurrence patient performer performer-type priority replaces requester requisition specimen status subject',
  Slot: 'appointment-type identifier schedule service-category service-type specialty start status',
  Specimen:
    'accession bodysite collected collector container container-id identifier parent patient status subject type',
  Subscription: 'contact criteria payload status type url',
  Task: 'authored-on based-on business-status code encounter focus group-identifier identifier intent modified owner part-of patient performer period priority requester status subject',
};

/** Names of the search parameters R4 defines for a resource type, those of every type left out; undefined if not listed. */
export function r4SearchParameters(resourceType: string): readonly string[] | undefined {
  return Object.hasOwn(byType, resourceType) ? byType[resourceType]?.split(' ') : undefined;
}

/** Whether R4 defines the parameter (modifier and chain cut off); true for a type that is not listed. */
export function isR4SearchParameter(resourceType: string, parameter: string): boolean {
  const name = parameter.split(/[:.]/, 1)[0] ?? parameter;
  return forAll.has(name) || (r4SearchParameters(resourceType)?.includes(name) ?? true);
}
