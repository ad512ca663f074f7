import { parsers } from 'prettier/plugins/html';

export interface HtmlNode {
  /** `element`, `text`, `comment` and so on. */
  readonly kind: string;
  readonly name?: string;
  readonly value?: string;
  readonly attrs?: readonly { readonly name: string; readonly value: string | null }[];
  readonly children?: readonly HtmlNode[];
}

/** Another program's reading of a page: its nodes in order, the root first. */
export function nodesOf(page: string): HtmlNode[] {
  const flat = (node: HtmlNode): HtmlNode[] => [node, ...(node.children ?? []).flatMap(flat)];
  return flat(parsers.html.parse(page, { filepath: 'page.html', name: 'html' } as never) as HtmlNode);
}

const entities: Readonly<Record<string, string>> = { '&lt;': '<', '&gt;': '>', '&quot;': '"', '&amp;': '&' };
/** What a browser shows for text as it stands in the file. */
export const decoded = (text: string): string => text.replace(/&(?:lt|gt|quot|amp);/g, (entity) => entities[entity]!);

/** Everything a reader of the page sees below a node. */
export const textOf = (node: HtmlNode): string =>
  node.kind === 'text' ? decoded(node.value ?? '') : (node.children ?? []).map(textOf).join('');

export const elements = (nodes: readonly HtmlNode[], name: string): HtmlNode[] =>
  nodes.filter((node) => node.kind === 'element' && node.name === name);

export const attribute = (node: HtmlNode, name: string): string | null | undefined =>
  node.attrs?.find((one) => one.name === name)?.value;

export const withClass = (nodes: readonly HtmlNode[], name: string): HtmlNode[] =>
  nodes.filter((node) => attribute(node, 'class')?.split(' ').includes(name) === true);

/** Nodes below a node. */
export const within = (node: HtmlNode): HtmlNode[] =>
  (node.children ?? []).flatMap((child) => [child, ...within(child)]);
