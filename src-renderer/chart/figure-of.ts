import { startOfMinute } from '../../src-shared/domain/minute.ts'
import { wallClockMs } from '../live/hour.ts'
import { barsFigure } from './bars-figure.ts'
import type { ChartModel } from './chart-model.ts'
import { distributionFigure } from './distribution-figure.ts'
import type { Figure } from './figure.ts'
import type { Size } from './geometry.ts'
import type { Palette } from './palette.ts'

/** Minutes stand apart; the bins of a histogram nearly touch. */
const MINUTE_GAP = 0.24
const BIN_GAP = 0.04

/** The figure of a model, in its view. */
export function figureOf(model: ChartModel, size: Size, palette: Palette): Figure {
  if (model.view === 'distribution') return distributionFigure(model.distribution, size, palette)
  return barsFigure({
    bins: model.bins,
    priorityIds: model.priorities.map((priority) => priority.id),
    wallClockMs: wallClockMs(startOfMinute(model.bins[0]?.startMinute ?? 0), model.zone),
    gap: model.view === 'bar' ? MINUTE_GAP : BIN_GAP,
    size,
    palette,
  })
}
