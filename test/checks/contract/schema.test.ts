import schema from '../../../checks/contract/schema.js';
import { testCheck } from '../../support/test-check.js';
import { problem, runCase } from './run-case.js';

const none = { 'document-problems': [] };
const book = { id: 'book', kind: 'commit', via: 'fhir-r4', interaction: 'create', resource: 'Appointment' } as const;

testCheck(schema, {
  pass: {
    'no problem': none,
    'an override problem is for another check': {
      'document-problems': [problem('override-missing', '/overrides/0/path', 'values.x')],
    },
    'a path of a field is for another check': {
      'document-problems': [problem('path-not-in-r4', '/resources/0/fields/0', 'Slot.begin')],
    },
    'rules that name no action at all': runCase(none, {
      actions: [book],
      permissions: { rules: [{ role: 'bot', allow: { Slot: 'rs' } }] },
    }),
    'the role that lists it holds the right by another rule': runCase(none, {
      actions: [book],
      permissions: {
        rules: [
          { role: 'bot', actions: ['book'] },
          { role: 'bot', allow: { Appointment: 'c' } },
        ],
      },
    }),
  },
  fail: {
    'a name that leads nowhere': { 'document-problems': [problem('dangling-reference', '/latency/0/trigger', 'cal')] },
    'a hole that stands for nothing': {
      'document-problems': [problem('unknown-template-name', '/actions/0/body', 'sloot.id')],
    },
    'a search of an action outside R4': {
      'document-problems': [problem('unknown-search-parameter', '/actions/0/observe', 'pacient')],
    },
    'an id twice': { 'document-problems': [problem('duplicate-id', '/actions/1/id', 'book', 'organization')] },
    'two primary triggers': runCase(none, {
      triggers: [
        { id: 'call', kind: 'external', primary: true },
        { id: 'fax', kind: 'external', primary: true },
      ],
    }),
    'an action no rule lists': runCase(none, {
      actions: [book],
      permissions: { rules: [{ role: 'bot', allow: { Appointment: 'c' }, actions: ['cancel'] }] },
    }),
    'listed for a role without the right': runCase(none, {
      actions: [book],
      permissions: { rules: [{ role: 'bot', allow: { Appointment: 'rs' }, actions: ['book'] }] },
    }),
  },
});
