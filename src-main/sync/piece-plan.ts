import type { CreatedSpan } from './scope.ts'
import { ALL_TIME, wholeMinute } from './scope.ts'
import { MS_PER_MINUTE } from '../../src-shared/domain/minute.ts'

/** About as many tickets as a piece has: what a kill costs at worst, and what a Data Center lets itself be paged through. */
const MAX_PIECE_SIZE = 8_000

/** So many counts are asked for at once, and at most for one plan; what is still large then stays so. */
const COUNT_CONCURRENCY = 4
const MAX_COUNTS = 600

interface Piece extends CreatedSpan {
  /** How many tickets Jira counts in it: an estimate. */
  readonly about: number
}

export interface PiecePlanOptions extends CreatedSpan {
  /** How many tickets were created in `[fromMs, toMs)`, about. */
  readonly total: number
  readonly count: (span: CreatedSpan) => Promise<number>
  readonly maxPieceSize?: number
}

/**
 * Cuts creation times into pieces of whole minutes with about as many tickets, halving what has too many. Whatever the
 * counts say, the pieces cover all of time without a gap, the last one without an end.
 */
export async function planPieces(options: PiecePlanOptions): Promise<CreatedSpan[]> {
  const { total, count, maxPieceSize = MAX_PIECE_SIZE } = options
  const fromMs = wholeMinute(options.fromMs)
  const toMs = Math.max(wholeMinute(options.toMs), fromMs) + MS_PER_MINUTE
  let pieces: readonly Piece[] = [{ fromMs, toMs, about: total }]
  for (let counts = 0; counts < MAX_COUNTS; counts += COUNT_CONCURRENCY) {
    const large = pieces.filter((piece) => piece.about > maxPieceSize && isDivisible(piece))
    if (large.length === 0) break
    const halves = new Map<Piece, readonly Piece[]>()
    await Promise.all(
      large.slice(0, COUNT_CONCURRENCY).map(async (piece) => halves.set(piece, await halve(piece, count))),
    )
    pieces = pieces.flatMap((piece) => halves.get(piece) ?? [piece])
  }
  return coverAllTime(joinSmall(pieces, maxPieceSize))
}

function isDivisible({ fromMs, toMs }: CreatedSpan): boolean {
  return toMs - fromMs > MS_PER_MINUTE
}

async function halve(piece: Piece, count: PiecePlanOptions['count']): Promise<readonly Piece[]> {
  const { fromMs, toMs } = piece
  const middleMs = wholeMinute((fromMs + toMs) / 2)
  const about = await count({ fromMs, toMs: middleMs })
  return [
    { fromMs, toMs: middleMs, about },
    { fromMs: middleMs, toMs, about: Math.max(0, piece.about - about) },
  ]
}

function joinSmall(pieces: readonly Piece[], most: number): Piece[] {
  const joined: Piece[] = []
  for (const piece of pieces) {
    const before = joined.at(-1)
    if (before === undefined || before.about + piece.about > most) joined.push(piece)
    else joined[joined.length - 1] = { ...before, toMs: piece.toMs, about: before.about + piece.about }
  }
  return joined
}

function coverAllTime(pieces: readonly Piece[]): CreatedSpan[] {
  return pieces.map(({ fromMs, toMs }, n) => ({
    fromMs: n === 0 ? ALL_TIME.fromMs : fromMs,
    toMs: n === pieces.length - 1 ? ALL_TIME.toMs : toMs,
  }))
}
