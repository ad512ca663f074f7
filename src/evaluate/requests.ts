import { productContext, type ExchangeLine } from '../model/evidence.js';

/** What a request asks the EHR for, as its statement and its scopes name it. */
export interface Asked {
  readonly type: string;
  readonly interaction: 'read' | 'search-type' | 'create' | 'update' | 'patch' | 'delete';
  /** SMART v2 letter. */
  readonly letter: 'c' | 'r' | 'u' | 'd' | 's';
}

const changes: Readonly<Record<string, Pick<Asked, 'interaction' | 'letter'>>> = {
  PUT: { interaction: 'update', letter: 'u' },
  PATCH: { interaction: 'patch', letter: 'u' },
  DELETE: { interaction: 'delete', letter: 'd' },
};

/** A request on one FHIR resource type, from its method and its path template; undefined for everything else. */
export function askedOf({ method, path, purpose }: ExchangeLine): Asked | undefined {
  const [, type, rest = ''] = /^([A-Z][A-Za-z]{1,63})(\/[^?]*)?(?:\?.*)?$/.exec(path) ?? [];
  if (purpose !== 'fhir' || type === undefined) return undefined;
  const change = changes[method];
  if (change !== undefined) return { type, ...change };
  if (method === 'GET' && rest === '') return { type, interaction: 'search-type', letter: 's' };
  if (method === 'GET' && /^\/[^/$_]+$/.test(rest)) return { type, interaction: 'read', letter: 'r' };
  if (method !== 'POST') return undefined;
  if (rest === '/_search') return { type, interaction: 'search-type', letter: 's' };
  return rest === '' ? { type, interaction: 'create', letter: 'c' } : undefined;
}

/** Sent by this tool with the client the AI system uses. */
export const ofOwnClient = ({ context }: ExchangeLine): boolean => context === 'ai';

/** Sent by the AI system itself, as a recording of its traffic shows, and answered by the EHR: no fault was put in its way. */
export const ofAiSystem = ({ context, injected, refused }: ExchangeLine): boolean =>
  context === productContext && injected === undefined && refused === undefined;

export const succeeded = ({ status }: ExchangeLine): boolean => status >= 200 && status < 300;
