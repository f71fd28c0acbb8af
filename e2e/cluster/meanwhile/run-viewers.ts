import { until } from '../until.ts'
import { openViewer, type Viewer } from './viewer.ts'
import { nowMs, type ViewersOrder, type ViewersWord } from './viewers.ts'

// Many viewers of a team in one process, as long as the parent wants them.

process.on('disconnect', () => process.exit())
// A terminal's Ctrl-C is the parent's to handle.
process.on('SIGINT', () => {})

const LOOK_MS = 20
let viewers: Viewer[] = []

async function shown(seq: number): Promise<number[]> {
  const times = new Map<Viewer, number>()
  const look = (): boolean => {
    for (const viewer of viewers) if (!times.has(viewer) && viewer.seq() >= seq) times.set(viewer, nowMs())
    return times.size === viewers.length
  }
  await until(`each viewer shows commit ${seq}`, look, { everyMs: LOOK_MS })
  return [...times.values()]
}

async function carryOut(order: ViewersOrder): Promise<ViewersWord> {
  if (order.ask === 'open') {
    viewers = order.tokens.map((token) => openViewer(order.url, token))
    await until('each viewer has a chart', () => viewers.every((viewer) => viewer.seq() >= 0))
    return {}
  }
  if (order.ask === 'shown') return { times: await shown(order.seq) }
  const right = await Promise.all(
    viewers.map(async (viewer) => viewer.total() === order.total && (await viewer.isRight())),
  )
  return { count: right.filter((one) => !one).length }
}

process.on('message', (order: ViewersOrder) => {
  void carryOut(order)
    .catch((error: unknown) => ({ error: String(error) }))
    .then((word) => process.send?.(word))
})
