import type { CapabilityStatement, Resource } from 'fhir/r4.js';
import { defineDeviation, withResources } from '../deviation.js';

export default defineDeviation({
  id: 'patch-undeclared',
  title: 'The statement does not say that visits can be patched',
  caughtBy: ['discovery.capability'],
  source: 'https://hl7.org/fhir/R4/capabilitystatement.html',
  wrap: (next) => async (request) =>
    request.path.endsWith('/metadata') ? withResources(await next(request), changed) : next(request),
});

function changed(resource: Resource): Resource {
  const statement = resource as CapabilityStatement;
  for (const { type, interaction } of statement.rest?.[0]?.resource ?? []) {
    const index = interaction?.findIndex(({ code }) => code === 'patch') ?? -1;
    if (type === 'Appointment' && index >= 0) interaction?.splice(index, 1);
  }
  return statement;
}
