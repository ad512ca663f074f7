import { createLocalJWKSet, jwtVerify, type JSONWebKeySet } from 'jose';
import { openDoor } from '../../wire/door.js';
import { defineDeviation } from '../deviation.js';
import { assertionOf, tokenGiven } from '../token-answer.js';

export default defineDeviation({
  id: 'key-set-of-anyone',
  title: 'The token endpoint fetches the key set an assertion points at, and believes it',
  caughtBy: ['auth.assertion-negative'],
  source: 'https://hl7.org/fhir/smart-app-launch/client-confidential-asymmetric.html',
  wrap: (next) => async (request) => {
    const assertion = assertionOf(request);
    if (assertion?.header.jku === undefined) return next(request);
    const keys = await fetched(assertion.header.jku);
    await jwtVerify(assertion.text, createLocalJWKSet(keys));
    return tokenGiven();
  },
});

async function fetched(url: string): Promise<JSONWebKeySet> {
  const door = openDoor({ origins: [{ origin: new URL(url).origin, purpose: 'jwks' }] });
  try {
    const { body } = await door.exchange({
      purpose: 'jwks',
      method: 'GET',
      url,
      headers: {},
      carriesCredential: false,
    });
    return JSON.parse(Buffer.from(body).toString()) as JSONWebKeySet;
  } finally {
    await door.close();
  }
}
