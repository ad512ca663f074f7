import type { ListenerResponse } from '../../wire/listener.js';
import { defineDeviation } from '../deviation.js';
import { codeSent } from '../token-answer.js';

export default defineDeviation({
  id: 'code-accepted-twice',
  title: 'A code gives a token each time it is sent',
  caughtBy: ['auth.pkce'],
  source: 'https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2',
  workflow: 'documentation',
  wrap: (next) => {
    const given = new Map<string, ListenerResponse>();
    return async (request) => {
      const code = codeSent(request);
      if (code === undefined) return next(request);
      const before = given.get(code);
      if (before !== undefined) return before;
      const response = await next(request);
      if (response.status === 200) given.set(code, response);
      return response;
    };
  },
});
