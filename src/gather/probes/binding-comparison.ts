import { missing, type FactValue } from '../../model/fact.js';
import { defineProbe, type CredentialMark } from '../probe.js';

type Shared = FactValue<'binding-comparison'>['shared'][number];

const secretKinds = ['key', 'secret', 'certificate'] as const;

/** The credentials of this organization beside those of another one. Sends nothing, and keeps no mark. */
export default defineProbe({
  id: 'binding-comparison',
  phase: 'static',
  subjects: 'peer',
  needs: [],
  writes: 'none',
  brings: ['binding-comparison'],
  sends: () => [],
  run({ item: { organizationId } }, { organization, environment, peers = [], credentialMarks = [] }) {
    const peer = peers.find((one) => one.organization.metadata.id === organizationId);
    if (peer === undefined)
      return Promise.resolve({ 'binding-comparison': missing('no-peer', 'the other organization is not known') });
    const of = (id: string): readonly CredentialMark[] => credentialMarks.filter((mark) => mark.organization === id);
    const [own, theirs] = [of(organization.metadata.id), of(organizationId)];
    const pairs = (what: CredentialMark['what']) =>
      own.flatMap((one) =>
        theirs.flatMap((other) =>
          one.what === what && other.what === what && one.mark !== undefined && one.mark === other.mark
            ? [{ own: one.holder, theirs: other.holder }]
            : [],
        ),
      );
    const compared = (marks: readonly CredentialMark[]): number =>
      marks.filter(({ what, mark }) => what !== 'client-id' && mark !== undefined).length;
    const { tokenUrl } = environment;
    return Promise.resolve({
      'binding-comparison': {
        own: compared(own),
        theirs: compared(theirs),
        shared: secretKinds.flatMap((what) => pairs(what).map((pair): Shared => ({ what, ...pair }))),
        sameClientId: pairs('client-id').map((pair) => ({
          ...pair,
          sameTokenEndpoint: tokenUrl !== undefined && tokenUrl === peer.environment.tokenUrl,
        })),
        notCompared: [...own, ...theirs].flatMap(({ what, organization: holderOf, holder, mark }) =>
          what === 'client-id' || mark !== undefined ? [] : [{ what, organization: holderOf, holder }],
        ),
      },
    });
  },
});
