import type { Resource } from 'fhir/r4.js';
import type { AddressExchange } from './address-exchange.js';

/** Below the base; no FHIR server has anything there. */
export const signInPath = '.well-known/sign-in';

const oauthUris = 'http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris';

/**
 * What the AI system learns about signing in. Only the place where people sign in is ours, because `aud` must name the
 * EHR there; the token endpoint, the issuer and the key set stay the EHR's: a signed assertion names them, and nobody can
 * rewrite that.
 */
export class SignInDocuments {
  readonly #addresses: AddressExchange;
  readonly #signIn: string;
  #authorizationEndpoint: string | undefined;

  constructor(addresses: AddressExchange, proxyBase: string) {
    this.#addresses = addresses;
    this.#signIn = `${proxyBase}/${signInPath}`;
  }

  /** `.well-known/smart-configuration` (https://hl7.org/fhir/smart-app-launch/STU2.2/conformance.html#metadata). */
  smartConfiguration(bytes: Buffer, value: unknown): Buffer {
    if (typeof value !== 'object' || value === null) return bytes;
    const { authorization_endpoint: authorize, ...others } = value as Record<string, unknown>;
    for (const each of Object.values(others)) if (typeof each === 'string') this.#addresses.keep(each);
    if (typeof authorize !== 'string' || !usable(authorize)) return bytes;
    this.#authorizationEndpoint = authorize;
    return withAddress(bytes, authorize, this.#signIn);
  }

  /** `metadata`, with its extension `oauth-uris`; everything else in it is exchanged like any resource. */
  capabilityStatement(bytes: Buffer, resource: Resource | undefined): Buffer {
    let authorize: string | undefined;
    for (const { url, valueUri } of oauthAddresses(resource)) {
      if (url === 'authorize' && usable(valueUri)) authorize = valueUri;
      else this.#addresses.keep(valueUri);
    }
    const exchanged = this.#addresses.jsonToProxy(
      authorize === undefined ? bytes : withAddress(bytes, authorize, this.#signIn),
    );
    this.#authorizationEndpoint ??= authorize;
    return exchanged;
  }

  /** Where somebody who comes to sign in is sent on to; undefined while nobody has asked how to. */
  redirect(parameters: URLSearchParams): string | undefined {
    if (this.#authorizationEndpoint === undefined) return undefined;
    const target = new URL(this.#authorizationEndpoint);
    for (const [name, value] of parameters) {
      const own = name === 'aud' || name === 'resource' || name === 'iss';
      target.searchParams.append(name, own ? this.#addresses.textToEhr(value) : value);
    }
    return target.href;
  }
}

function oauthAddresses(resource: Resource | undefined): { url: string; valueUri: string }[] {
  if (resource?.resourceType !== 'CapabilityStatement') return [];
  const found: { url: string; valueUri: string }[] = [];
  const look = (value: unknown, depth: number): void => {
    if (depth > 8 || typeof value !== 'object' || value === null) return;
    const { url, extension } = value as { url?: unknown; extension?: unknown };
    if (url === oauthUris && Array.isArray(extension)) {
      for (const each of extension as ({ url?: unknown; valueUri?: unknown } | null)[]) {
        if (typeof each?.url === 'string' && typeof each.valueUri === 'string') {
          found.push({ url: each.url, valueUri: each.valueUri });
        }
      }
      return;
    }
    for (const each of Object.values(value)) look(each, depth + 1);
  };
  look((resource as { rest?: unknown }).rest, 0);
  return found;
}

const usable = (address: string): boolean => URL.canParse(address) && /^https?:$/.test(new URL(address).protocol);

/** The string literal that is this address becomes another one; spelled with escapes or without. */
function withAddress(bytes: Buffer, from: string, to: string): Buffer {
  const spelled = from.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&').replaceAll('/', '\\\\?/');
  const text = bytes.toString('latin1');
  return Buffer.from(
    text.replaceAll(new RegExp(`"${spelled}"`, 'g'), () => JSON.stringify(to)),
    'latin1',
  );
}
