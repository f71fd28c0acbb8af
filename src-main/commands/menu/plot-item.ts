import { machineClock } from '../../runtime/clock.ts'
import { terminalChart } from '../../print/terminal-chart.ts'
import { completeSpan } from '../instants.ts'
import { showLiveChart } from '../live-chart.ts'
import { loadChart } from '../load-chart.ts'
import { terminalKind } from '../terminal-kind.ts'
import { readKeys, seen } from './keys.ts'
import { choose } from './question.ts'
import { tellBlock } from './tell.ts'
import type { MenuWorld } from './world.ts'

const WHOLE = { fromMs: null, toMs: null }

/** The hour as a chart in the terminal, as it is or as it goes on. */
export async function plotItem(world: MenuWorld): Promise<void> {
  const { io } = world
  const { plain } = terminalKind(io.env, process.platform)
  if (plain) return plotHour(world)
  const chosen = await choose(io, 'Which chart?', [
    { value: 'hour', label: 'The last hour', hint: 'as it is now; or the last run, if that was longer' },
    { value: 'live', label: 'Live', hint: 'goes on until a key is pressed' },
  ])
  if (chosen === 'hour') return plotHour(world)
  if (chosen === 'live') return plotLive(world)
}

async function plotHour({ io, client }: MenuWorld): Promise<void> {
  const span = await completeSpan(client, WHOLE, machineClock.now())
  const { chart } = await loadChart(client, { ...span, bucketMinutes: 1 })
  const { ascii } = terminalKind(io.env, process.platform)
  tellBlock(io, terminalChart(chart, { width: io.columns - 1, colour: !io.env['NO_COLOR'], ascii }))
  await seen(io)
}

async function plotLive({ io, client }: MenuWorld): Promise<void> {
  const drawing = new AbortController()
  const end = (): void => drawing.abort()
  io.signal.addEventListener('abort', end, { once: true })
  const leave = readKeys(io, (key) => {
    if (['escape', 'return', 'space', 'q'].includes(key)) end()
  })
  try {
    if (io.signal.aborted) end()
    await showLiveChart(io, client, {
      output: 'stderr',
      signal: drawing.signal,
      hint: 'Esc: menu.',
      span: async () => ({ ...(await completeSpan(client, WHOLE, machineClock.now())), bucketMinutes: 1 }),
    }).ended
  } finally {
    leave()
    io.signal.removeEventListener('abort', end)
  }
}
