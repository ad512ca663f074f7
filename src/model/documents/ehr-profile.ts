import { Type, type Static } from 'typebox';
import { actionPath, apiVersion, block, closed, date, identifier, identifiers, named, text, texts } from './parts.js';

const o = Type.Optional;

const documentedFact = block({
  id: identifier,
  check: o(text),
  subject: o(text),
  standing: Type.Enum(['documented', 'documented-absent', 'unknown']),
  statement: text,
  source: text,
  seenOn: date,
  grade: o(Type.Enum(['vendor-documentation', 'certification', 'third-party', 'observed'])),
});
export type DocumentedFact = Static<typeof documentedFact>;

/** What an EHR product documents. It changes how the tool asks and explains, never a verdict. */
export const ehrProfileSchema = Type.Object(
  {
    apiVersion,
    kind: Type.Literal('EhrProfile'),
    metadata: block({ id: identifier, title: o(text), vendor: o(text), product: o(text), asOf: o(date) }),
    /** Recognises the product in a CapabilityStatement; each text is looked for as is, without regard to case. */
    detect: o(closed({ software: o(texts), implementation: o(texts) })),
    facts: o(Type.Array(documentedFact)),
    hints: o(named(text)),
    paths: o(named(actionPath)),
    persona: o(identifiers),
  },
  {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'EHR profile',
    additionalProperties: false,
    patternProperties: { '^x-': {} },
  },
);
export type EhrProfile = Static<typeof ehrProfileSchema>;
