import { defineDeviation, withHeader } from '../deviation.js';
import { assertionOf, withTokenAnswer } from '../token-answer.js';

export default defineDeviation({
  id: 'ended-token-works',
  title: 'The end of a token is never looked at',
  caughtBy: ['auth.token-lifecycle'],
  source: 'https://www.rfc-editor.org/rfc/rfc6750#section-3.1',
  wrap: (next) => {
    const clients = new Map<string, { readonly client: string; readonly endsAtMs: number }>();
    const newest = new Map<string, string>();
    return async (request) => {
      const given = request.headers['authorization']?.replace(/^Bearer /, '');
      const known = given === undefined ? undefined : clients.get(given);
      const ended = known !== undefined && known.endsAtMs < Date.now();
      const alive = ended ? newest.get(known.client) : undefined;
      const response = await next(
        alive === undefined ? request : withHeader(request, 'authorization', `Bearer ${alive}`),
      );
      return withTokenAnswer(request, response, (answer) => {
        const client = assertionOf(request)?.claims.sub ?? '';
        const token = String(answer['access_token']);
        clients.set(token, { client, endsAtMs: Date.now() + Number(answer['expires_in']) * 1_000 });
        newest.set(client, token);
        return answer;
      });
    };
  },
});
