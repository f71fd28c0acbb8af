/** A node of the Atlassian Document Format, as far as plain paragraphs need it. */
export interface AdfNode {
  readonly type: string
  readonly version?: number
  readonly text?: string
  readonly content?: readonly AdfNode[]
}

/**
 * Plain paragraphs as the document that REST v3 wants where v2 took a string. A text node must not be empty, so an
 * empty paragraph has no content. https://developer.atlassian.com/cloud/jira/platform/apis/document/structure/
 */
export function adfDocument(paragraphs: readonly string[]): AdfNode {
  return { type: 'doc', version: 1, content: paragraphs.map(paragraphNode) }
}

function paragraphNode(text: string): AdfNode {
  return { type: 'paragraph', content: text === '' ? [] : [{ type: 'text', text }] }
}
