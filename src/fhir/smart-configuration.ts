/** Members of the discovery document that hold an address. */
const smartAddresses = [
  'token_endpoint',
  'authorization_endpoint',
  'introspection_endpoint',
  'revocation_endpoint',
  'jwks_uri',
  'issuer',
] as const;
export type SmartAddress = (typeof smartAddresses)[number];

export interface SmartConfiguration {
  readonly addresses: Readonly<Partial<Record<SmartAddress, string>>>;
  /** `undefined` where the member is not there, or is no list. */
  readonly grantTypes: readonly string[] | undefined;
  readonly capabilities: readonly string[] | undefined;
  readonly codeChallengeMethods: readonly string[] | undefined;
  /** A server may list some of its scopes only. */
  readonly scopes: readonly string[] | undefined;
}

/**
 * Reads the SMART discovery document; `undefined` when it is no JSON object. Lists keep plain words only, at most 100.
 * https://hl7.org/fhir/smart-app-launch/STU2.2/conformance.html#using-well-known
 */
export function readSmartConfiguration(json: unknown): SmartConfiguration | undefined {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return undefined;
  const members = json as Readonly<Record<string, unknown>>;
  const addresses = smartAddresses.flatMap((name) => {
    const value = members[name];
    return typeof value === 'string' && value !== '' ? [[name, value.slice(0, 2_000)] as const] : [];
  });
  return {
    addresses: Object.fromEntries(addresses),
    grantTypes: words(members['grant_types_supported']),
    capabilities: words(members['capabilities']),
    codeChallengeMethods: words(members['code_challenge_methods_supported']),
    scopes: words(members['scopes_supported'], mostScopes, /^[\x21-\x7e]{1,200}$/),
  };
}

const mostScopes = 1_000;

function words(value: unknown, most = 100, form = /^[\w:./-]{1,100}$/): readonly string[] | undefined {
  if (!Array.isArray(value)) return undefined;
  return value.filter((word): word is string => typeof word === 'string' && form.test(word)).slice(0, most);
}
