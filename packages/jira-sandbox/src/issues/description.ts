import { Type } from 'typebox'
import { Check } from 'typebox/value'

/** A ticket may be made with a document (REST v3) and read as wiki text (v2), or the other way round. */

const Node = Type.Object({
  text: Type.Optional(Type.String()),
  content: Type.Optional(Type.Array(Type.Unknown())),
})

/** A description as an Atlassian document of plain paragraphs; null for none. */
export function asDocument(description: unknown): unknown {
  if (typeof description !== 'string') return description
  const content = description.split('\n\n').map((text) => ({
    type: 'paragraph',
    content: text === '' ? [] : [{ type: 'text', text }],
  }))
  return { type: 'doc', version: 1, content }
}

/** A description as text, its paragraphs apart by an empty line; null for none. */
export function asWikiText(description: unknown): unknown {
  if (!Check(Node, description)) return description
  return (description.content ?? []).map(textOf).join('\n\n')
}

function textOf(node: unknown): string {
  if (!Check(Node, node)) return ''
  return node.text ?? (node.content ?? []).map(textOf).join('')
}
