/**
 * The SMART discovery document of one organization.
 * https://hl7.org/fhir/smart-app-launch/STU2.2/conformance.html#metadata
 */
export function smartConfiguration(issuer: string, scopes: Iterable<string>): Readonly<Record<string, unknown>> {
  return {
    issuer,
    jwks_uri: `${issuer}/jwks`,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    introspection_endpoint: `${issuer}/introspect`,
    revocation_endpoint: `${issuer}/revoke`,
    grant_types_supported: ['client_credentials', 'authorization_code'],
    response_types_supported: ['code'],
    token_endpoint_auth_methods_supported: ['private_key_jwt'],
    token_endpoint_auth_signing_alg_values_supported: ['RS384', 'ES384'],
    code_challenge_methods_supported: ['S256'],
    scopes_supported: [...new Set(scopes)].sort(),
    capabilities: [
      'launch-ehr',
      'launch-standalone',
      'client-confidential-asymmetric',
      'sso-openid-connect',
      'context-ehr-patient',
      'context-ehr-encounter',
      'context-banner',
      'context-standalone-patient',
      'context-standalone-encounter',
      'permission-patient',
      'permission-v1',
      'permission-v2',
    ],
  };
}
