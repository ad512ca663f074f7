import { describe, expect, it } from 'vitest';
import { readCapabilityStatement } from '../../src/fhir/capability-statement.js';

const read = (statement: object) => readCapabilityStatement({ resourceType: 'CapabilityStatement', ...statement });

describe('readCapabilityStatement', () => {
  it('takes the server part, whatever stands before it', () => {
    const declared = read({
      fhirVersion: '4.0.1',
      rest: [
        { mode: 'client', resource: [{ type: 'Slot' }] },
        {
          mode: 'server',
          interaction: [{ code: 'transaction' }],
          operation: [{ name: 'export', definition: 'x' }],
          resource: [
            {
              type: 'Task',
              interaction: [{ code: 'read' }, { code: 'patch' }],
              searchParam: [{ name: 'focus', type: 'reference' }],
              versioning: 'versioned',
              conditionalCreate: true,
              supportedProfile: ['http://hl7.org/fhir/us/core/StructureDefinition/us-core-task|7.0.0'],
            },
          ],
        },
      ],
    });
    expect(declared).toMatchObject({
      fhirVersion: '4.0.1',
      interactions: ['transaction'],
      operations: ['export'],
      usCoreVersions: ['7.0.0'],
      types: [
        {
          type: 'Task',
          interactions: ['read', 'patch'],
          searchParameters: ['focus'],
          versioning: 'versioned',
          conditionalCreate: true,
          updateCreate: false,
        },
      ],
    });
  });

  it.each([
    [{ implementationGuide: ['http://hl7.org/fhir/us/core/ImplementationGuide/hl7.fhir.us.core|6.1.0'] }, ['6.1.0']],
    [
      { instantiates: ['http://hl7.org/fhir/us/core/CapabilityStatement/us-core-server|9.0.0-ballot'] },
      ['9.0.0-ballot'],
    ],
    [{ implementationGuide: ['http://example.org/fhir/us/core|6.1.0'] }, []],
    [{ implementationGuide: ['http://hl7.org/fhir/us/core/ImplementationGuide/hl7.fhir.us.core'] }, []],
  ])('finds versions of US Core in %j', (statement, versions) => {
    expect(read(statement)?.usCoreVersions).toEqual(versions);
  });

  it.each([
    {},
    { rest: 'server' },
    { rest: [null] },
    { rest: [{ resource: {} }] },
    { rest: [{ resource: [{ type: 7, interaction: 'all' }, null] }], fhirVersion: 4 },
    { software: null, implementationGuide: [1, null] },
  ])('finds nothing in %j and does not stumble', (statement) => {
    expect(read(statement)).toMatchObject({ fhirVersion: null, types: [], usCoreVersions: [] });
  });

  it('cuts what is endless', () => {
    const declared = read({
      fhirVersion: 'x'.repeat(9_999),
      rest: [{ resource: Array.from({ length: 9_999 }, () => ({ type: 'Slot' })) }],
    });
    expect([declared?.fhirVersion?.length, declared?.types.length]).toEqual([200, 500]);
  });

  it('knows what is none', () => {
    expect(readCapabilityStatement(undefined)).toBeUndefined();
    expect(readCapabilityStatement({ resourceType: 'Bundle' })).toBeUndefined();
  });
});
