import leastPrivilege from '../../../checks/scope/least-privilege.js';
import { testCheck, type FullCase } from '../../support/test-check.js';

const scope = (resourceType: string, letters: string, version: 1 | 2 = 2) => ({ resourceType, letters, version });
type Scopes = ReturnType<typeof scope>[];

const run = (granted: Scopes, asked: Scopes = granted, decided = true, madeUpScopeGranted?: boolean): FullCase => ({
  facts: {
    'granted-scopes': { asked, granted, stated: true },
    ...(madeUpScopeGranted === undefined ? {} : { 'scope-echo': { status: 200, madeUpScopeGranted } }),
  },
  subject: {
    id: 'run',
    item: {
      environmentId: 'simulator',
      contract: {
        metadata: { id: 'scheduling' },
        permissions: {
          ...(decided ? { productRoles: ['bot'] } : {}),
          rules: [{ role: 'bot', allow: { Slot: 'rs', Appointment: 'crus' } }],
        },
      },
      organization: {
        metadata: { id: 'lakeside' },
        channels: { freed: { kind: 'subscription' } },
        auth: { bindings: [{ id: 'bot', environment: 'simulator', usedBy: 'ai-system', flow: 'backend' }] },
      },
    },
  },
});
const needed = [scope('Slot', 'rs'), scope('Appointment', 'crus')];

testCheck(leastPrivilege, {
  pass: {
    'exactly what is needed': run(needed),
    'less than is needed': run([scope('Slot', 'r')]),
    'a subscription, as a channel asks for': run([...needed, scope('Subscription', 'crud')]),
    'a made-up scope is refused': run(needed, needed, true, false),
  },
  warn: {
    'reads a type it does not need': run([...needed, scope('Coverage', 'rs')]),
    'version 1 cannot do better': run([scope('Appointment', 'crud', 1)]),
    'grants what does not exist': run(needed, needed, true, true),
  },
  fail: {
    everything: run([scope('*', 'cruds')]),
    'granted without being asked': run(needed, [scope('Slot', 'rs')]),
    'may delete': run([scope('Appointment', 'cruds')]),
    'may write what it only reads, by version 1': run([scope('Slot', 'cruds', 1)]),
    'everything, while nobody decided': run([scope('*', 'rs')], [scope('*', 'rs')], false),
  },
  notMeasured: { 'nobody decided what is needed': run(needed, needed, false) },
});
