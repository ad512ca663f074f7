import { attributesOf } from './html-attributes.js';

const mostCharacters = 1_000_000;
const mostLinks = 200;
const linking = /<(?:a|area|audio|embed|frame|iframe|img|object|source|video)\b([^>]{0,5000})>/gi;

/**
 * Addresses a page of HTML leads to or brings in with it, absolute, without a fragment. Of a form, and of what a script asks for,
 * nothing is known. https://html.spec.whatwg.org/multipage/links.html
 */
export function linksIn(html: string, pageUrl: URL): URL[] {
  const found = new Map<string, URL>();
  for (const [, text = ''] of html.slice(0, mostCharacters).matchAll(linking)) {
    const attributes = attributesOf(text);
    for (const name of ['href', 'src', 'data']) {
      const address = attributes.get(name)?.trim();
      if (address === undefined || address === '' || !URL.canParse(address, pageUrl.href)) continue;
      const url = new URL(address, pageUrl);
      url.hash = '';
      if (found.size < mostLinks) found.set(url.href, url);
    }
  }
  return [...found.values()];
}
