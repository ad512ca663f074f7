import { describe, expect, it } from 'vitest';
import { readSmartConfiguration } from '../../src/fhir/smart-configuration.js';

describe('readSmartConfiguration', () => {
  it('keeps addresses and lists', () => {
    const found = readSmartConfiguration({
      token_endpoint: 'https://ehr.example/token',
      jwks_uri: '',
      issuer: 7,
      grant_types_supported: ['client_credentials', 1, 'urn:ietf:params:oauth:grant-type:jwt-bearer'],
      capabilities: 'permission-v2',
    });
    expect(found).toEqual({
      addresses: { token_endpoint: 'https://ehr.example/token' },
      grantTypes: ['client_credentials', 'urn:ietf:params:oauth:grant-type:jwt-bearer'],
      capabilities: undefined,
      codeChallengeMethods: undefined,
    });
  });

  it.each([null, undefined, [], 'x', 7])('takes %j for none', (json) =>
    expect(readSmartConfiguration(json)).toBeUndefined(),
  );

  it('drops what is no plain word, and cuts what is endless', () => {
    const found = readSmartConfiguration({
      token_endpoint: 'x'.repeat(9_999),
      capabilities: ['<b>', 'x'.repeat(101), ...Array.from({ length: 999 }, (_, index) => `c${index}`)],
    });
    expect([found?.addresses.token_endpoint?.length, found?.capabilities?.length]).toEqual([2_000, 100]);
  });
});
