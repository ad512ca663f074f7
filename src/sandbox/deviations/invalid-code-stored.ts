import type { ListenerRequest } from '../../wire/listener.js';
import { creates, defineDeviation, patches, sentBody, withBody, withResources } from '../deviation.js';

const known = new Set(['proposed', 'pending', 'booked', 'arrived', 'fulfilled', 'cancelled', 'noshow', 'waitlist']);

export default defineDeviation({
  id: 'invalid-code-stored',
  title: 'A visit with a status outside the required value set is stored as it was sent',
  caughtBy: ['write.invalid-rejected'],
  source: 'https://hl7.org/fhir/R4/terminologies.html#required',
  wrap(next) {
    const codes = new Map<string, string>();
    return async (request) => {
      const sent = creates(request, 'Appointment') ? (sentBody(request) as { status?: string }).status : undefined;
      const code = sent === undefined || known.has(sent) ? undefined : sent;
      const answer = await next(inside(request, [...codes.values(), ...(code === undefined ? [] : [code])]));
      return withResources(answer, (resource) => {
        if (resource.resourceType !== 'Appointment') return resource;
        if (code !== undefined) codes.set(resource.id ?? '', code);
        const shown = codes.get(resource.id ?? '');
        const kept = (resource as { status?: string }).status === 'booked' && shown !== undefined;
        return kept ? { ...resource, status: shown } : resource;
      });
    };
  },
});

/** The request as the server behind it understands it: every such visit is a booked one. */
function inside(request: ListenerRequest, codes: readonly string[]): ListenerRequest {
  if (!creates(request, 'Appointment') && !patches(request, 'Appointment')) return request;
  const text = JSON.stringify(sentBody(request));
  return withBody(
    request,
    JSON.parse(codes.reduce((body, code) => body.replaceAll(`"${code}"`, '"booked"'), text)) as object,
  );
}
