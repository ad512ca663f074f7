import type { Resource } from 'fhir/r4.js';
import { fieldsOf } from '../../model/documents/normalise.js';
import { missing } from '../../model/fact.js';
import { compileFields, type FieldReading } from '../field-paths.js';
import { defineProbe } from '../probe.js';

/** Resources a presence is judged on: 22 hold one absence at a share of 80 % (one-sided 95 %). */
export const resourcesWanted = 22;
const defaultShare = 0.8;

/** Which fields of the contract are there, over the test patients' own records. */
export default defineProbe({
  id: 'field-presence',
  phase: 'read',
  subjects: 'resource',
  when: ({ item }) => item.find !== undefined && fieldsOf(item).length > 0,
  needs: ['ai'],
  writes: 'none',
  inProduction: true,
  brings: ['field-presence'],
  sends: () => [],
  async run({ item }, { cases, cite }) {
    const fields = fieldsOf(item);
    const found = await cases.collect(item, resourcesWanted);
    cite(found.exchanges);
    if (found.resources.length === 0)
      return { 'field-presence': missing('no-test-object', `no test patient has a ${item.type}`) };
    const readings = await compileFields(fields.map((field) => field.path));
    return {
      'field-presence': {
        resources: found.resources.length,
        fields: fields.flatMap((field) => {
          const read = readings.get(field.path);
          // A path that does not compile is judged where the contract is.
          if (read === undefined) return [];
          const all = found.resources.map((resource: Resource) => read(resource));
          const count = (state: FieldReading['state']): number => all.filter((each) => each.state === state).length;
          return [
            {
              path: field.path,
              need: field.need,
              present: count('present'),
              absentWithReason: count('absent-with-reason'),
              empty: count('empty'),
              wrongCodeSystem: all.filter((each) => each.state === 'present' && differs(each, 'system', field.codes))
                .length,
              wrongUnit: all.filter((each) => each.state === 'present' && differs(each, 'unit', field.units)).length,
              share: field.share ?? defaultShare,
            },
          ];
        }),
      },
    };
  },
});

// Only values that state a system or unit can be wrong; a plain code says nothing about its system.
function differs(
  reading: FieldReading,
  element: 'system' | 'unit',
  allowed: string | readonly string[] | undefined,
): boolean {
  if (allowed === undefined) return false;
  const names = typeof allowed === 'string' ? [allowed] : allowed;
  return reading.values.some((value) => {
    const record = typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
    const stated = element === 'unit' ? (record['code'] ?? record['unit']) : record['system'];
    return typeof stated === 'string' && !names.includes(stated);
  });
}
