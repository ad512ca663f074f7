// The entry point of the package warns on Node 20; this module does not. Only what the sandbox uses is declared.
declare module 'oidc-provider/lib/provider.js' {
  import type { IncomingMessage, ServerResponse } from 'node:http';

  export class Provider {
    constructor(issuer: string, configuration: Readonly<Record<string, unknown>>);
    callback(): (request: IncomingMessage, response: ServerResponse) => Promise<void>;
    on(
      failed: string,
      listener: (context: { body: { error_description?: string } }, error: { error_detail?: string }) => void,
    ): this;
    readonly ClientCredentials: {
      find(token: string): Promise<{ clientId: string; scope?: string; isValid: boolean } | undefined>;
    };
    readonly AccessToken: {
      find(
        token: string,
      ): Promise<
        { clientId: string; scope?: string; isValid: boolean; grantId?: string; accountId?: string } | undefined
      >;
    };
    readonly Client: { find(clientId: string): Promise<object | undefined> };
    readonly Grant: new (of: { accountId: string; clientId: string }) => {
      addOIDCScope(scope: string): void;
      addResourceScope(resource: string, scope: string): void;
      save(expiresInSeconds?: number): Promise<string>;
    };
    readonly AuthorizationCode: new (of: Readonly<Record<string, unknown>>) => { save(): Promise<string> };
    readonly OIDCContext: { prototype: { clientJwtAuthExpectedAudience(): { has(audience: string): boolean } } };
  }
}

declare module 'oidc-provider/lib/helpers/errors.js' {
  export class InvalidClientAuth extends Error {
    constructor(detail: string);
  }
  export class InvalidScope extends Error {
    constructor(description: string, scope: string);
  }
  export class InvalidTarget extends Error {
    constructor(description?: string);
  }
}
