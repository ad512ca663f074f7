/** `Type/id` of a relative, absolute or versioned reference; undefined for anything else. */
export function localReference(reference: unknown): string | undefined {
  if (typeof reference !== 'string') return undefined;
  const match = /(?:^|\/)([A-Z][A-Za-z]{1,40}\/[A-Za-z0-9.-]{1,64})(?:\/_history\/[A-Za-z0-9.-]{1,64})?$/.exec(
    reference,
  );
  return match?.[1];
}

/** Logical id of a reference to the given type. */
export function referencedId(reference: unknown, resourceType?: string): string | undefined {
  const local = localReference(reference);
  if (local === undefined) return undefined;
  const [type, id] = local.split('/');
  return resourceType === undefined || type === resourceType ? id : undefined;
}

/** Patients a resource names in its usual places: subject, patient, beneficiary, participant.actor. */
export function patientsOf(resource: object): string[] {
  const {
    resourceType,
    id,
    subject,
    patient,
    beneficiary,
    participant,
    for: forWhom,
  } = resource as Record<string, unknown> & {
    subject?: { reference?: unknown };
    patient?: { reference?: unknown };
    beneficiary?: { reference?: unknown };
    for?: { reference?: unknown };
    participant?: { actor?: { reference?: unknown } }[];
  };
  // Most rows of a search name none, and every row of every answer is asked.
  const ids: string[] = [];
  const note = (each: { reference?: unknown } | undefined): void => {
    const named = referencedId(each?.reference, 'Patient');
    if (named !== undefined && !ids.includes(named)) ids.push(named);
  };
  if (subject) note(subject);
  if (patient) note(patient);
  if (beneficiary) note(beneficiary);
  if (forWhom) note(forWhom);
  if (Array.isArray(participant)) for (const each of participant) note(each?.actor);
  if (resourceType === 'Patient' && typeof id === 'string' && !ids.includes(id)) ids.push(id);
  return ids;
}
