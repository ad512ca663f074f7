import type { HealthcareService } from 'fhir/r4.js';
import { defineDeviation } from '../deviation.js';

export default defineDeviation({
  id: 'offers-while-closed',
  title: 'Times are offered on days on which the clinic takes no appointments',
  caughtBy: ['read.slot-truth'],
  source: 'https://hl7.org/fhir/R4/healthcareservice-definitions.html#HealthcareService.availableTime',
  store(store) {
    const services = [...(store.all('HealthcareService') as Iterable<HealthcareService & { id: string }>)];
    store.transaction((writer) => {
      for (const service of services) {
        const onTuesdays: HealthcareService = { ...service, availableTime: [{ daysOfWeek: ['tue'], allDay: true }] };
        writer.update(onTuesdays);
      }
    });
    return store;
  },
});
