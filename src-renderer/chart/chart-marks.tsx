import { minuteOf } from '../../src-shared/domain/minute.ts'
import { useDashboard, useView } from '../app/workbench.ts'
import type { Bin } from './bins.ts'
import type { ChartModel } from './chart-model.ts'
import { MARGIN, type Size } from './geometry.ts'
import styles from './chart-marks.module.css'

/** What is marked behind the bars: the one looked at, those whose tickets are listed, and where now is. */
export function ChartMarks({ model, size }: { model: ChartModel; size: Size }): React.ReactNode {
  const cursor = useView((state) => state.cursor)
  const opened = useDashboard((state) => state.opened)
  const nowMinute = useDashboard((state) => state.nowMinute)
  const plot = size.width - MARGIN.l - MARGIN.r
  const slot = plot / model.slots
  const box = { top: MARGIN.t, height: size.height - MARGIN.t - MARGIN.b }

  const timed = model.view !== 'distribution'
  const from = model.bins[0]?.startMinute ?? 0
  const minutes = model.bins.reduce((sum, bin) => sum + bin.minutes, 0)
  const unfinished = timed && nowMinute >= from && nowMinute < from + minutes
  const openedMinutes = opened && { from: minuteOf(opened.fromMs), to: minuteOf(opened.toMs) }
  const isOpened = (bin: Bin): boolean =>
    openedMinutes !== null &&
    bin.startMinute < openedMinutes.to &&
    bin.startMinute + bin.minutes > openedMinutes.from
  return (
    <>
      {cursor && (
        <div
          className={styles['cursor']}
          style={{ ...box, left: MARGIN.l + cursor.slot * slot, width: slot }}
        />
      )}
      {timed &&
        model.bins.map((bin, i) =>
          isOpened(bin) ? (
            <div
              key={bin.startMinute}
              className={styles['opened']}
              style={{ ...box, left: MARGIN.l + i * slot, width: slot }}
            />
          ) : null,
        )}
      {unfinished && (
        <div
          className={styles['now']}
          style={{ ...box, left: MARGIN.l + ((nowMinute + 1 - from) / minutes) * plot }}
        >
          <span>now</span>
        </div>
      )}
    </>
  )
}
