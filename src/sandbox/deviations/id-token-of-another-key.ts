import { decodeJwt, decodeProtectedHeader, generateKeyPair, SignJWT } from 'jose';
import { defineDeviation } from '../deviation.js';
import { withTokenAnswer } from '../token-answer.js';

export default defineDeviation({
  id: 'id-token-of-another-key',
  title: 'The id_token is signed by a key that is not in the key set',
  caughtBy: ['auth.launch-context'],
  source: 'https://openid.net/specs/openid-connect-core-1_0.html#IDTokenValidation',
  workflow: 'documentation',
  wrap: (next) => {
    const key = generateKeyPair('ES384');
    return async (request) => {
      const response = await next(request);
      const { privateKey } = await key;
      let idToken: string | undefined;
      withTokenAnswer(request, response, (answer) => {
        if (typeof answer['id_token'] === 'string') idToken = answer['id_token'];
        return answer;
      });
      if (idToken === undefined) return response;
      const { kid = '' } = decodeProtectedHeader(idToken);
      const signed = await new SignJWT(decodeJwt(idToken)).setProtectedHeader({ alg: 'ES384', kid }).sign(privateKey);
      return withTokenAnswer(request, response, (answer) => ({ ...answer, id_token: signed }));
    };
  },
});
