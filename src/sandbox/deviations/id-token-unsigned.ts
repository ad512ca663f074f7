import { decodeJwt, UnsecuredJWT } from 'jose';
import { defineDeviation } from '../deviation.js';
import { withTokenAnswer } from '../token-answer.js';

export default defineDeviation({
  id: 'id-token-unsigned',
  title: 'The id_token is not signed at all',
  caughtBy: ['auth.launch-context'],
  source: 'https://www.rfc-editor.org/rfc/rfc8725#section-3.2',
  workflow: 'documentation',
  wrap: (next) => async (request) =>
    withTokenAnswer(request, await next(request), (answer) =>
      typeof answer['id_token'] === 'string'
        ? { ...answer, id_token: new UnsecuredJWT(decodeJwt(answer['id_token'])).encode() }
        : answer,
    ),
});
