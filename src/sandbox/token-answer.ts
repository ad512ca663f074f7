import { randomUUID } from 'node:crypto';
import { decodeJwt, decodeProtectedHeader, type JWTPayload, type ProtectedHeaderParameters } from 'jose';
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

/** Header and claims of the client assertion of a token request; nothing is verified. */
export function assertionOf(request: ListenerRequest):
  | {
      readonly text: string;
      readonly header: ProtectedHeaderParameters & { readonly jku?: string };
      readonly claims: JWTPayload;
    }
  | undefined {
  if (!isTokenRequest(request)) return undefined;
  const text = new URLSearchParams(Buffer.from(request.body).toString('utf8')).get('client_assertion');
  if (text === null) return undefined;
  try {
    return { text, header: decodeProtectedHeader(text), claims: decodeJwt(text) };
  } catch {
    return undefined;
  }
}

/** What a token endpoint says that takes the client at its word; the token opens nothing. */
export const tokenGiven = (): ListenerResponse => ({
  status: 200,
  headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
  body: JSON.stringify({ access_token: randomUUID(), token_type: 'Bearer', expires_in: 300 }),
});

/** The authorization code a request to a token endpoint sends; undefined for any other request. */
export function codeSent(request: ListenerRequest): string | undefined {
  if (!isTokenRequest(request)) return undefined;
  return new URLSearchParams(Buffer.from(request.body).toString('utf8')).get('code') ?? undefined;
}
