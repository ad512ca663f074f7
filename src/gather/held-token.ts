import type { AuthBinding } from '../model/documents/organization.js';
import type { Recorder, Scope } from './recorder.js';
import type { Answer } from './request.js';
import { clientProof, type AccessToken, type Credential, type SignInRecord } from './sign-in.js';

/** A token of the expendable client that a probe keeps past its use, its end or its withdrawal. The token itself stays in here. */
export interface HeldToken {
  readonly record: SignInRecord;
  /** `performance.now()` when it came. */
  readonly obtainedAtMs: number;
  read(resourceType: string, id: string): Promise<Answer>;
  /** RFC 7662. */
  introspect(endpoint: string): Promise<Answer>;
  /** RFC 7009. */
  revoke(endpoint: string): Promise<Answer>;
}

export interface Obtained {
  readonly record: SignInRecord;
  readonly token: AccessToken | undefined;
  readonly obtainedAtMs: number;
}

/** The token in the hands of one probe: within its templates, as the client it was given to. */
export function heldToken(
  { record, token, obtainedAtMs }: Obtained,
  client: { readonly binding: AuthBinding; readonly credential: Credential; readonly tokenUrl: string },
  recorder: Recorder,
  scope: Scope,
): HeldToken {
  const { binding, credential, tokenUrl } = client;
  const authorization = token?.authorization;
  const show = async (path: 'introspect' | 'revoke', endpoint: string): Promise<Answer> => {
    const proof = await clientProof(binding, credential, tokenUrl);
    return recorder.send(scope, 'expendable', {
      method: 'POST',
      path,
      endpoint,
      purpose: 'token',
      form: [
        ['token', authorization?.slice('Bearer '.length) ?? ''],
        ['token_type_hint', 'access_token'],
        ...proof.form,
      ],
      headers: { accept: 'application/json', ...proof.headers },
    });
  };
  return {
    record,
    obtainedAtMs,
    read: (resourceType, id) =>
      recorder.send(scope, 'expendable', { method: 'GET', path: `${resourceType}/${id}` }, authorization),
    introspect: (endpoint) => show('introspect', endpoint),
    revoke: (endpoint) => show('revoke', endpoint),
  };
}
