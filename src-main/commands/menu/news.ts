import { Writable } from 'node:stream'

/** What is to be told while a question is on the screen, kept until there is room for it. */
export interface News {
  /** For who writes to stderr. */
  readonly stream: Writable
  add(sentence: string): void
  /** What came since the last time. */
  take(): string[]
}

export function createNews(): News {
  let text = ''
  return {
    stream: new Writable({
      decodeStrings: false,
      write(chunk: string | Buffer, _encoding, done) {
        text += String(chunk)
        done()
      },
    }),
    add: (sentence) => void (text += `${sentence}\n`),
    take() {
      const lines = text.split('\n').filter((line) => line !== '')
      text = ''
      return lines
    },
  }
}
