import type { CliIo } from './io.ts'

const BAR_WIDTH = 24
/** Elsewhere than on a terminal a line comes at each tenth, or the log of a build drowns in them. */
const TENTHS = 10

export interface Progress {
  /** `note` follows the figures: `12 fetched`. */
  update(done: number, total: number, note?: string): void
  /** Leaves the last state standing on its own line. */
  end(): void
}

/** Shows on stderr how far long work is: a bar that moves on a terminal, plain lines elsewhere. */
export function createProgress(io: CliIo, label: string): Progress {
  return io.isTTY ? movingBar(io, label) : plainLines(io, label)
}

function movingBar({ stderr, columns }: CliIo, label: string): Progress {
  let shown = ''
  return {
    update(done, total, note) {
      const filled = total === 0 ? 0 : Math.floor((done / total) * BAR_WIDTH)
      const bar = '█'.repeat(filled) + '░'.repeat(BAR_WIDTH - filled)
      const line = `${label} ${bar} ${figures(done, total, note)}`.slice(0, columns - 1)
      if (line === shown) return
      shown = line
      stderr.write(`\r\u001B[K${line}`)
    },
    end() {
      if (shown !== '') stderr.write('\n')
      shown = ''
    },
  }
}

function plainLines({ stderr }: CliIo, label: string): Progress {
  let lastTenth = -1
  return {
    update(done, total, note) {
      const tenth = total === 0 ? 0 : Math.floor((done / total) * TENTHS)
      if (tenth === lastTenth) return
      lastTenth = tenth
      stderr.write(`${label} ${figures(done, total, note)}\n`)
    },
    end() {},
  }
}

function figures(done: number, total: number, note: string | undefined): string {
  return `${done}/${total}${note === undefined ? '' : `, ${note}`}`
}
