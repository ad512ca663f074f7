import { expect, it } from 'vitest';
import type { FactValue } from '../../../src/model/fact.js';
import { trial } from '../../support/trial.js';

it('discovery takes three requests without a sign-in and keeps only what the contract uses', async () => {
  const { fact, exchanges } = await trial({
    checks: ['discovery.capability', 'discovery.smart-config'],
    writes: 'none',
  });
  expect(exchanges.map(({ context, method, path }) => [context, method, path])).toEqual([
    ['anonymous', 'GET', 'metadata'],
    ['anonymous', 'GET', '.well-known/smart-configuration'],
    ['anonymous', 'GET', '.well-known/smart-configuration'],
  ]);
  const { types } = fact('capability-statement', 'run') as FactValue<'capability-statement'>;
  const declared = types.map(({ type }) => type);
  expect(declared).toEqual(expect.arrayContaining(['Appointment', 'Patient', 'Slot']));
  expect(declared).not.toContain('Observation');
  expect(fact('smart-configuration', 'run')).toMatchObject({ tokenEndpointIsListed: true, jsonForAnyAccept: true });
});

it('what the server took during the run stands beside what it declares', async () => {
  const { fact, outcome } = await trial({
    checks: ['discovery.capability', 'read.required-fields', 'write.version-conflict'],
    deviations: ['patch-undeclared'],
  });
  expect(fact('accepted-requests', 'run')).toEqual(expect.arrayContaining(['GET metadata', 'PATCH Appointment/{id}']));
  expect(outcome('discovery.capability')).toBe('warn');
});
