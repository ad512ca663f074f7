import { createsThroughFhir, takesTime } from '../../model/actions.js';
import { missing } from '../../model/fact.js';
import { paceOf } from '../pace.js';
import { defineProbe, type RunDocuments } from '../probe.js';
import { ExchangeFault } from '../request.js';
import { Lane } from '../series/lane.js';
import { SlotRaces } from '../series/slot-races.js';

/** 0 of 29 shows a rate below 1 in 10, 0 of 10 one below 1 in 4 (one-sided 95 %). */
const usual = { repetitions: 29, spare: 6 };
const few = { repetitions: 10, spare: 4 };
/** Share of the agreed writes that may go into races. */
const shareOfWrites = 0.4;

/** Two contexts book the same slot at the same moment, over and over, and each winner is cancelled. A measured series. */
export default defineProbe({
  id: 'slot-race',
  phase: 'race',
  subjects: 'action',
  when: ({ item: { action, path } }) =>
    takesTime(action) && action.resource === 'Appointment' && createsThroughFhir(action, path?.via),
  needs: ['ai', 'second'],
  writes: 'all',
  brings: ['slot-race'],
  sends: (_, documents) => {
    const { most } = planned(documents);
    const by = (context: string) => [
      { context, method: 'POST' as const, path: 'Appointment', most: most + 1, mutates: true },
      // The undo counts in no limit.
      { context, method: 'PATCH' as const, path: 'Appointment/{id}', most: most + 1 },
    ];
    return [
      ...by('ai'),
      ...by('second'),
      { context: 'ai', method: 'POST', path: 'Appointment/_search?slot&_count', most: most + 1 },
      { context: 'ai', method: 'GET', path: 'Appointment/{id}', most: 2 * most + 1 },
      { context: 'ai', method: 'POST', path: 'Slot/_search?_id', most },
    ];
  },
  async run({ item: { action } }, tools) {
    const { organization, environment, cases, reserve } = tools;
    const pace = paceOf(organization, environment);
    if (pace.concurrency < 2) {
      return { 'slot-race': missing('cap', 'limits.concurrency is 1, so two requests never meet') };
    }
    const [one, other = one] = cases.seriesPatients();
    if (one === undefined || other === undefined) {
      return { 'slot-race': missing('no-test-object', 'the organization file lists no test patient') };
    }
    const { repetitions, most } = planned(tools);
    const lane = new Lane(pace);
    const reserved = reserve(requestsPerRace * most);
    if (reserved === undefined) throw new ExchangeFault('cap', 'limits.perDay does not hold the races', undefined);
    try {
      return { 'slot-race': await new SlotRaces(tools, action, [one, other], lane).run(repetitions, most) };
    } finally {
      // What was not sent goes back to the day's budget.
      reserved.cancel();
      reserve(lane.sent);
    }
  },
});

/** Two bookings, up to two readings and two cancellations, and a share of the searches. */
const requestsPerRace = 7;

function planned({ organization }: Pick<RunDocuments, 'organization'>): { repetitions: number; most: number } {
  const agreed = organization.writePolicy?.maxPerRun ?? Number.POSITIVE_INFINITY;
  const { repetitions, spare } = 2 * (usual.repetitions + usual.spare) <= shareOfWrites * agreed ? usual : few;
  return { repetitions, most: repetitions + spare };
}
