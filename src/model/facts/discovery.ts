import Type from 'typebox';
import { factKind } from '../fact.js';
import { environmentClasses } from '../outcome.js';

const texts = Type.Array(Type.String());
const orNull = Type.Union([Type.String(), Type.Null()]);

const statement = Type.Object({
  status: Type.Integer({ minimum: 100, maximum: 599 }),
  /** False: what came is no CapabilityStatement, and everything below is empty. */
  found: Type.Boolean(),
  fhirVersion: orNull,
  software: orNull,
  softwareVersion: Type.Optional(orNull),
  /** Of all it declares, types the contract does not use included. */
  sha256: Type.Optional(Type.String()),
  /** What the installation says of itself. */
  implementation: Type.Optional(orNull),
  interactions: texts,
  operations: texts,
  usCoreVersions: texts,
  /** Changes can be subscribed to by topic, by the backport to R4. */
  topicSubscriptions: Type.Optional(Type.Boolean()),
  types: Type.Array(
    Type.Object({
      type: Type.String(),
      interactions: texts,
      searchParameters: texts,
      operations: texts,
      versioning: orNull,
      conditionalCreate: Type.Boolean(),
      updateCreate: Type.Boolean(),
      supportedProfiles: texts,
    }),
  ),
});

/** What an EHR says about itself without a sign-in. Subject: run. */
export const discoveryFacts = {
  /** The capability statement, cut to the resource types the contract uses and Subscription. */
  'capability-statement': factKind(1, statement),
  /** What each environment of the organization says of itself, the run's own first; null where it was not asked or gave none. */
  'environment-parity': factKind(
    1,
    Type.Array(
      Type.Object({
        id: Type.String(),
        class: Type.Enum([...environmentClasses]),
        own: Type.Boolean(),
        statement: Type.Union([statement, Type.Null()]),
        smart: Type.Union([
          Type.Object({
            capabilities: Type.Union([texts, Type.Null()]),
            scopes: Type.Union([texts, Type.Null()]),
          }),
          Type.Null(),
        ]),
      }),
    ),
  ),
  /** Shapes of requests to the FHIR base that were answered 2xx in this run, without values: `POST Slot/_search?start`. */
  'accepted-requests': factKind(1, texts),
  /** The SMART discovery document. */
  'smart-configuration': factKind(
    1,
    Type.Object({
      status: Type.Integer({ minimum: 100, maximum: 599 }),
      /** A JSON object came. */
      found: Type.Boolean(),
      /** It also comes as JSON to a client that asks for something else. */
      jsonForAnyAccept: Type.Boolean(),
      /** Addresses by the name of their member; one that is not listed is not there. */
      addresses: Type.Array(
        Type.Object({
          member: Type.String(),
          form: Type.Union([
            Type.Literal('https'),
            Type.Literal('http-on-loopback'),
            Type.Literal('http'),
            Type.Literal('relative'),
            Type.Literal('other-scheme'),
            /** Link-local, cloud metadata and other addresses that are never connected to. */
            Type.Literal('forbidden-address'),
          ]),
        }),
      ),
      /** The token endpoint is the one the organization file lists; null when either is not stated. */
      tokenEndpointIsListed: Type.Union([Type.Boolean(), Type.Null()]),
      /** The issuer is a token endpoint by its form, and not the listed one. */
      issuerIsAnotherTokenEndpoint: Type.Boolean(),
      grantTypes: Type.Union([texts, Type.Null()]),
      capabilities: Type.Union([texts, Type.Null()]),
      codeChallengeMethods: Type.Union([texts, Type.Null()]),
    }),
  ),
};
