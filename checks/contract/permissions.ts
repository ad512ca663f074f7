import { defineCheck } from '../../src/check.js';
import { lettersAllowed, readScope } from '../../src/fhir/scopes.js';
import { isUnconfirmed } from '../../src/model/documents/places.js';
import { productRights } from '../../src/model/product-rights.js';

const who = 'the privacy officer';
const pointer = '/permissions';
const outside = (letters: string, allowed: string): boolean =>
  letters.split('').some((each) => !allowed.includes(each));

export default defineCheck({
  id: 'contract.permissions',
  kind: 'static',
  severity: 'blocker',
  blocks: 'contract',
  title: 'The permission matrix and the scopes asked for are the same',
  failureTitle: 'More is asked for than the permission matrix allows',
  plain: 'It is written down who may do what, and the AI asks for no more than that.',
  why: 'A scope no cell of the matrix needs is a right somebody will have without having decided on it.',
  sends:
    'Nothing. Derives SMART v2 scopes from the cells of the product’s own roles and compares them with those of its clients.',
  ask: {
    of: 'security',
    text: 'Put the product’s registration beside the table of who may do what, and show us which row of the table needs each of its rights.',
  },
  remedy: [
    { owner: 'security', effort: 'low', text: 'Take the scopes no cell needs off the client’s registration.' },
    {
      owner: 'product-owner',
      effort: 'medium',
      text: 'Write the matrix by role and resource; leave out what is not needed.',
    },
  ],
  references: [
    'https://hl7.org/fhir/smart-app-launch/scopes-and-launch-context.html',
    'https://www.ecfr.gov/current/title-45/section-164.312',
    'https://www.ecfr.gov/current/title-45/section-164.514',
  ],
  maps: ['45 CFR 164.312(a)(1)', '45 CFR 164.514(d)'],
  writes: 'none',
  subjects: 'run',
  ifNone: 'undecided',
  reads: ['template-defaults'],
  messages: {
    'star-scope': { kind: 'proof', text: 'Client {binding} asks for {scope}: every resource type.' },
    'wildcard-unexplained': { kind: 'proof', text: 'A rule of role {role} uses a wildcard and gives no reason.' },
    'write-not-needed': { kind: 'proof', text: 'Client {binding} asks for {scope}; no cell needs that write.' },
    wildcard: { kind: 'limit', text: 'A rule of role {role} uses a wildcard: {rationale}.' },
    wider: { kind: 'limit', text: 'Client {binding} asks for {scope}; no cell needs that much.' },
    'not-asked-for': {
      kind: 'limit',
      text: 'The matrix needs {scopes}, and client {binding} does not ask for all of it.',
    },
    default: { kind: 'undecided', text: 'The permission matrix comes from the template, to be confirmed by {who}.' },
    undecided: { kind: 'undecided', text: 'Not decided: {what}; {who} decides, suggested: {default}.' },
  },
  evaluate: ({ 'template-defaults': defaults }, say, { item: { contract, organization, environmentId } }) => {
    const { rules, productRoles } = contract.permissions ?? {};
    const open = (what: string, fallback: string) =>
      say.notMeasured('undecided', 'undecided', { what, who, default: fallback, pointer });
    const subscribes = Object.values(organization.channels ?? {}).some(({ kind }) => kind === 'subscription');
    // A client of another workflow belongs to another contract.
    const workflow = contract.permissions?.workflowClient;
    const clients = (organization.auth?.bindings ?? []).filter(
      (binding) =>
        binding.usedBy === 'ai-system' &&
        binding.environment === environmentId &&
        binding.expendable !== true &&
        (workflow === undefined || binding.workflow === undefined || binding.workflow === workflow),
    );
    const verdicts = (rules ?? [])
      .filter(({ role, allow, actions }) => [role, ...Object.keys(allow ?? {}), ...(actions ?? [])].includes('*'))
      .map(({ role, rationale }) =>
        rationale === undefined
          ? say.fail('wildcard-unexplained', { role, pointer })
          : say.warn('wildcard', { role, rationale, pointer }),
      );
    if (rules === undefined) verdicts.push(open('who may do what', 'the product reads what the contract reads'));
    if (productRoles === undefined)
      verdicts.push(open('which roles are the product’s own', 'that of its backend client'));
    for (const binding of clients) {
      const needed = productRights(contract, organization, binding);
      const scopes = binding.scopes ?? [];
      for (const scope of scopes) {
        const read = readScope(scope);
        const asked = { binding: binding.id, scope };
        if (read?.resourceType === '*') verdicts.push(say.fail('star-scope', asked));
        // The channel asks for it, not the matrix.
        else if (subscribes && read?.resourceType === 'Subscription') continue;
        else if (read !== undefined && needed !== undefined) {
          const allowed = needed.get(read.resourceType) ?? needed.get('*') ?? '';
          const writes = read.letters.replaceAll(/[rs]/g, '');
          // The v1 spelling knows one word for every kind of write.
          const needless = read.version === 1 ? !/[cud]/.test(allowed) : outside(writes, allowed);
          if (writes !== '' && needless) verdicts.push(say.fail('write-not-needed', asked));
          else if (outside(read.letters, allowed)) verdicts.push(say.warn('wider', asked));
        }
      }
      const lacking = [...(needed ?? [])].filter(([type, letters]) => outside(letters, lettersAllowed(scopes, type)));
      if (lacking.length === 0) continue;
      const named = { binding: binding.id, scopes: lacking.map(([type, letters]) => `${type}.${letters}`) };
      verdicts.push(
        scopes.length > 0
          ? say.warn('not-asked-for', named)
          : open(`which scopes the client ${binding.id} asks for`, named.scopes.join(' ')),
      );
    }
    if (clients.length === 0) verdicts.push(open('which client the product uses', 'one backend client of its own'));
    if (isUnconfirmed(defaults, pointer)) verdicts.push(say.warn('default', { who, pointer }));
    return verdicts.length > 0 ? verdicts : say.pass({ clients: clients.length });
  },
});
