import { ToolError } from '../model/errors.js';

/**
 * The value of an `Authorization` header for a token, checked before any header is built: 1 to 8,192 visible ASCII
 * characters (https://www.rfc-editor.org/rfc/rfc6750#section-2.1).
 * @throws ToolError `token-not-usable`, without the token
 */
export function bearer(token: string): string {
  if (!/^[\x21-\x7e]{1,8192}$/.test(token)) {
    throw new ToolError(
      'token-not-usable',
      'the access token is empty, too long or holds characters outside visible ASCII',
      {
        next: 'Ask whoever runs the authorization server for a token of 1 to 8,192 visible ASCII characters.',
      },
    );
  }
  return `Bearer ${token}`;
}
