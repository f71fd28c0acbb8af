import type { Writable } from 'node:stream'

/** Writes a text to a stream at whose end something is drawn: a bar, a chart, a question. */
export type WriteAbove = (text: string) => void

const drawn = new WeakMap<Writable, WriteAbove>()

/**
 * From now on, what is said on this stream goes by `writeAbove`: whoever draws at its end makes room, or keeps it for
 * later. Ends with the returned function.
 */
export function keepAtEnd(stream: Writable, writeAbove: WriteAbove): () => void {
  const former = drawn.get(stream)
  drawn.set(stream, writeAbove)
  return () => {
    if (former === undefined) drawn.delete(stream)
    else drawn.set(stream, former)
  }
}

/** Writes above what is drawn at the stream's end, if anything is. */
export function writeAboveEnd(stream: Writable, text: string): void {
  const writeAbove = drawn.get(stream)
  if (writeAbove === undefined) stream.write(text)
  else writeAbove(text)
}
