import type { ListenerRequest, ListenerResponse } from '../wire/listener.js';

/** A request to the token endpoint of any organization. */
export const isTokenRequest = ({ method, path }: ListenerRequest): boolean =>
  method === 'POST' && path.endsWith('/auth/token');

/** The answer of a token endpoint with its JSON changed; anything else as it is. */
export function withTokenAnswer(
  request: ListenerRequest,
  response: ListenerResponse,
  change: (answer: Record<string, unknown>) => Record<string, unknown>,
): ListenerResponse {
  if (!isTokenRequest(request) || response.status !== 200 || response.body === undefined) return response;
  const answer = JSON.parse(Buffer.from(response.body).toString()) as Record<string, unknown>;
  const { 'content-length': _, ...headers } = response.headers ?? {};
  return { ...response, headers, body: JSON.stringify(change(answer)) };
}
