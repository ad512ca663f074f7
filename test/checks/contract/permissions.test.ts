import permissions from '../../../checks/contract/permissions.js';
import type { Contract } from '../../../src/model/documents/contract.js';
import { testCheck, type CaseFacts } from '../../support/test-check.js';
import { agreed, inherited, runCase } from './run-case.js';

type Permissions = NonNullable<Contract['permissions']>;
const matrix: Permissions = {
  roles: ['bot', 'scheduler'],
  productRoles: ['bot'],
  rules: [
    { role: 'bot', allow: { Slot: 'rs', Appointment: 'crs' } },
    { role: 'scheduler', allow: { Appointment: 'cruds' } },
  ],
};
const right = ['system/Slot.rs', 'system/Appointment.crs'];
const binding = { id: 'bot', environment: 'test', usedBy: 'ai-system', flow: 'backend' } as const;
const of = (scopes: readonly string[], written: Permissions = matrix, facts: CaseFacts = agreed) =>
  runCase(facts, { permissions: written }, { auth: { bindings: [{ ...binding, scopes: [...scopes] }] } });
const { rules: _r, ...ruleless } = matrix;
const { productRoles: _p, ...nobodys } = matrix;

testCheck(permissions, {
  pass: {
    'scopes and cells are equal': of(right),
    'launch scopes are no rights': of([...right, 'openid', 'launch/patient']),
    'a spare client is for negative tests': runCase(
      agreed,
      { permissions: matrix },
      {
        auth: {
          bindings: [
            { ...binding, scopes: right },
            { ...binding, id: 'spare', expendable: true, scopes: ['system/Task.cruds'] },
            { ...binding, id: 'elsewhere', environment: 'production', scopes: ['system/*.*'] },
          ],
        },
      },
    ),
  },
  warn: {
    'more reading than needed': of([...right, 'system/Patient.rs']),
    'the first version knows one word for writing': of([
      'system/Slot.read',
      'system/Appointment.read',
      'system/Appointment.write',
    ]),
    'less than needed': of(['system/Slot.rs']),
    'a wildcard with a reason': of(right, {
      ...matrix,
      rules: [
        ...(matrix.rules ?? []),
        { role: 'scheduler', allow: { '*': 'r' }, rationale: 'front desk of all clinics' },
      ],
    }),
    'inherited by a draft': of(right, matrix, inherited('/permissions/rules')),
  },
  fail: {
    'every resource type': of(['system/*.rs']),
    'a wildcard without a reason': of(right, {
      ...matrix,
      rules: [...(matrix.rules ?? []), { role: '*', allow: { Slot: 'r' } }],
    }),
    'a write no cell needs': of([...right, 'system/Task.c']),
    'a letter of a write no cell needs': of(['system/Slot.rs', 'system/Appointment.crds']),
    'a write of the first version no cell needs': of([...right, 'system/Slot.write']),
  },
  notMeasured: {
    'no matrix': of(right, ruleless),
    'nobody says which roles are the product’s': of(right, nobodys),
    'a client that states no scope': of([]),
    'no client': runCase(agreed, { permissions: matrix }),
  },
});
