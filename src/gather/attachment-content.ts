/** What an attachment says of its content (https://hl7.org/fhir/R4/datatypes.html#Attachment). */
export interface StatedContent {
  readonly contentType: string | undefined;
  readonly size: number | undefined;
}

const textual = /^(text\/|application\/(xml|json|[\w.-]+\+(xml|json)$))/;
/** First bytes of formats that hold their text in a form of their own. */
const signatures: Readonly<Record<string, string>> = {
  'application/pdf': '%PDF-',
  'application/rtf': '{\\rtf',
  'text/rtf': '{\\rtf',
};

const mediaType = (contentType: string): string => (contentType.split(';')[0] ?? '').trim().toLowerCase();

/** Whether bytes are what was stated: type, size, encoding, and some text in it. A format that holds no text is taken as it is. */
export function usable(bytes: Uint8Array, contentType: string, stated: StatedContent): boolean {
  const type = mediaType(contentType);
  if (stated.contentType !== undefined && mediaType(stated.contentType) !== type) return false;
  if (stated.size !== undefined && stated.size !== bytes.byteLength) return false;
  const signature = signatures[type];
  if (signature !== undefined) return Buffer.from(bytes.subarray(0, 16)).toString('latin1').startsWith(signature);
  if (!textual.test(type)) return bytes.byteLength > 0;
  const text = decoded(bytes, /charset="?([\w-]+)/i.exec(contentType)?.[1] ?? 'utf-8');
  return text !== undefined && /[\p{L}\p{N}]/u.test(text.replaceAll(/<[^<>]{0,1000}>/g, ' '));
}

function decoded(bytes: Uint8Array, charset: string): string | undefined {
  try {
    return new TextDecoder(charset, { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
