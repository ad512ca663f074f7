import { parsers } from 'prettier/plugins/markdown';

export interface MarkdownNode {
  readonly type: string;
  readonly value?: string;
  readonly url?: string;
  readonly depth?: number;
  readonly children?: readonly MarkdownNode[];
}

/** Another program's reading of Markdown: its nodes in order, the root first. */
export function nodesOf(text: string): MarkdownNode[] {
  const flat = (node: MarkdownNode): MarkdownNode[] => [node, ...(node.children ?? []).flatMap(flat)];
  return flat(parsers.markdown.parse(text, {} as never) as MarkdownNode);
}

/** Everything a reader of the page sees below a node. */
export const textOf = (node: MarkdownNode): string => (node.value ?? '') + (node.children ?? []).map(textOf).join('');
