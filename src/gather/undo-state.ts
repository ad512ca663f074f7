/** Element and value that take an object out of every work list without deleting it, by resource type. */
const undoStates: Readonly<
  Record<string, { readonly element: string; readonly cancelled: string; readonly error?: string }>
> = {
  Appointment: { element: 'status', cancelled: 'cancelled', error: 'entered-in-error' },
  DocumentReference: { element: 'status', cancelled: 'entered-in-error', error: 'entered-in-error' },
  Encounter: { element: 'status', cancelled: 'cancelled', error: 'entered-in-error' },
  ServiceRequest: { element: 'status', cancelled: 'revoked', error: 'entered-in-error' },
  Subscription: { element: 'status', cancelled: 'off' },
  Task: { element: 'status', cancelled: 'cancelled', error: 'entered-in-error' },
};

export interface UndoState {
  readonly element: string;
  readonly value: string;
}

/** How cleanup takes an object of this type back by status; undefined: only by delete. */
export function undoState(resourceType: string, way: 'cancel' | 'entered-in-error'): UndoState | undefined {
  const known = undoStates[resourceType];
  if (known === undefined) return undefined;
  return { element: known.element, value: way === 'cancel' ? known.cancelled : (known.error ?? known.cancelled) };
}

/** Neither cancelled nor entered in error: still in somebody's way. */
export function isLive(resource: { readonly resourceType: string; readonly status?: unknown }): boolean {
  const dead = ['cancelled', 'entered-in-error', 'revoked', 'off'];
  return !(typeof resource.status === 'string' && dead.includes(resource.status));
}
