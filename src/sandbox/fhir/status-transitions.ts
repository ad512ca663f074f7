const appointmentOpen = ['proposed', 'pending', 'waitlist', 'booked', 'cancelled', 'entered-in-error'];
const taskOpen = ['draft', 'requested', 'received', 'accepted', 'ready', 'in-progress', 'on-hold'];
const taskClosed = ['rejected', 'cancelled', 'failed', 'completed', 'entered-in-error'];
const encounterOpen = ['planned', 'arrived', 'triaged', 'in-progress', 'onleave', 'unknown'];
const encounterClosed = ['finished', 'cancelled', 'entered-in-error'];

const fromEach = (open: readonly string[], closed: readonly string[]) => ({
  ...Object.fromEntries(open.map((status) => [status, [...open, ...closed]])),
  ...Object.fromEntries(closed.map((status) => [status, status === 'entered-in-error' ? [] : ['entered-in-error']])),
});

/**
 * Where a status may go, by resource type and element; what is not listed may go anywhere. Appointments and tasks follow
 * https://hl7.org/fhir/R4/appointment.html and https://hl7.org/fhir/R4/task.html#statemachine
 */
const transitions: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>>> = {
  Appointment: {
    status: {
      proposed: appointmentOpen,
      pending: appointmentOpen,
      waitlist: appointmentOpen,
      booked: ['arrived', 'checked-in', 'fulfilled', 'noshow', 'cancelled', 'entered-in-error'],
      arrived: ['booked', 'checked-in', 'fulfilled', 'noshow', 'cancelled', 'entered-in-error'],
      'checked-in': ['arrived', 'fulfilled', 'cancelled', 'entered-in-error'],
      fulfilled: ['entered-in-error'],
      noshow: ['entered-in-error'],
      cancelled: ['entered-in-error'],
      'entered-in-error': [],
    },
  },
  Task: { status: fromEach(taskOpen, taskClosed) },
  Encounter: { status: fromEach(encounterOpen, encounterClosed) },
  DocumentReference: {
    status: {
      current: ['superseded', 'entered-in-error'],
      superseded: ['current', 'entered-in-error'],
      'entered-in-error': [],
    },
    docStatus: {
      preliminary: ['final', 'amended', 'entered-in-error'],
      final: ['amended', 'entered-in-error'],
      amended: ['entered-in-error'],
      'entered-in-error': [],
    },
  },
};

/** The first element whose status may not go from `previous` to `next`, as `Type.element`; `undefined` when all may. */
export function illegalTransition(
  previous: object,
  next: object,
): { element: string; from: string; to: string } | undefined {
  const resourceType = text(previous, 'resourceType') ?? '';
  for (const [element, table] of Object.entries(transitions[resourceType] ?? {})) {
    const [from, to] = [text(previous, element), text(next, element)];
    if (from === undefined || from === to) continue;
    if (!table[from]?.includes(to ?? '')) return { element: `${resourceType}.${element}`, from, to: to ?? 'absent' };
  }
  return undefined;
}

function text(resource: object, element: string): string | undefined {
  const value: unknown = Object.entries(resource).find(([name]) => name === element)?.[1];
  return typeof value === 'string' ? value : undefined;
}
