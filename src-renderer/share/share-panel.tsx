import type { Client } from '../../src-shared/contract/client.ts'
import type { Interval } from '../../src-shared/domain/interval.ts'
import { useEffect, useId, useRef, useState } from 'react'
import { errorText, nothingDone, toWireError } from '../../src-shared/errors/app-error.ts'
import { useDashboard, useSiteNow, useView, useWorkbench } from '../app/workbench.ts'
import { spanOfModel } from '../chart/chart-model.ts'
import { useChartModel } from '../chart/use-chart-model.ts'
import { Button } from '../controls/button.tsx'
import { CopyButton, copyText } from '../controls/copy-button.tsx'
import { Segments } from '../controls/field.tsx'
import { filterParams } from '../live/dashboard-state.ts'
import { MOST_AT_ONCE, moreText, readTickets } from '../live/list-pages.ts'
import { ticketsText, timesText } from '../live/text.ts'
import { useIsDark } from '../settings/preferences.ts'
import { linkTo } from './link.ts'
import { drawSvg, pngOf, type PictureTheme } from './picture.ts'
import { copyPicture, saveFile } from './save.ts'
import styles from './share-panel.module.css'
import { commandText, fileName, pictureText, type Shared } from './share-text.ts'
import { barsCsv, distributionCsv, ticketsCsv } from './tables.ts'

/** What is shown, to be given to others: as a link, a picture, tables, or a command. */
export function SharePanel(): React.ReactNode {
  const model = useChartModel()
  const comparison = useDashboard((state) => state.comparison)
  const filter = useDashboard((state) => state.filter)
  const session = useDashboard((state) => state.session)
  const nowMs = useSiteNow()
  if (model === null || session === null || model.bins.length === 0) {
    return <p className={styles['note']}>There is nothing to share until the chart is there.</p>
  }
  return <ShareParts shared={{ model, session, shown: spanOfModel(model), comparison, filter, nowMs }} />
}

interface Said {
  readonly text: string
  readonly failed: boolean
}

function ShareParts({ shared }: { shared: Shared }): React.ReactNode {
  const [said, setSaid] = useState<Said | null>(null)
  const [busy, setBusy] = useState(false)

  /** Does one thing at a time, and says what came of it. */
  async function perform(work: () => Promise<string> | string): Promise<void> {
    if (busy) return
    setBusy(true)
    try {
      setSaid({ text: await work(), failed: false })
    } catch (error) {
      setSaid({ text: errorText(toWireError(error)), failed: true })
    } finally {
      setBusy(false)
    }
  }

  const parts = { shared, perform: (work: () => Promise<string> | string) => void perform(work) }
  return (
    <div className={styles['share']} aria-busy={busy}>
      <LinkPart {...parts} />
      <PicturePart {...parts} />
      <TablesPart {...parts} />
      <CommandPart shared={shared} />
      <output className={styles['said']} data-failed={said?.failed || undefined}>
        {said?.text}
      </output>
    </div>
  )
}

interface PartProps {
  readonly shared: Shared
  readonly perform: (work: () => Promise<string> | string) => void
}

function LinkPart({ shared: { shown, session, nowMs }, perform }: PartProps): React.ReactNode {
  if (window.jiraTpm) {
    return (
      <p className={styles['note']}>
        Links open in a browser: jira-tpm serve serves this dashboard to one. A saved view is there for all
        who share the store.
      </p>
    )
  }
  return (
    <Part label="Link">
      <Button onClick={() => perform(() => copyLink(linkTo(location.href), 'The link is copied.'))}>
        Copy link
      </Button>
      <Button
        title={timesText(shown, session.zone, nowMs)}
        onClick={() =>
          perform(() => copyLink(linkTo(location.href, shown), 'The link to these times is copied.'))
        }
      >
        Copy link to these times
      </Button>
    </Part>
  )
}

function copyLink(link: string, done: string): string {
  if (copyText(link)) return done
  throw nothingDone('forbidden', `The browser did not let this page copy the link, which is ${link}.`)
}

const THEMES = [
  { value: 'light', label: 'Light' },
  { value: 'dark', label: 'Dark' },
] as const

function PicturePart({ shared, perform }: PartProps): React.ReactNode {
  const isDark = useIsDark(useView((state) => state.theme))
  const [theme, setTheme] = useState<PictureTheme>(isDark ? 'dark' : 'light')
  const draw = (): Promise<string> => drawSvg(shared.model, pictureText(shared), theme)
  const png = async (): Promise<Blob> => pngOf(await draw())

  const savePng = async (): Promise<string> => {
    saveFile(`${fileName(shared)}.png`, await png())
    return 'The picture is saved as PNG.'
  }
  const saveSvg = async (): Promise<string> => {
    saveFile(`${fileName(shared)}.svg`, new Blob([await draw()], { type: 'image/svg+xml' }))
    return 'The picture is saved as SVG.'
  }
  const copy = async (): Promise<string> => {
    await copyPicture(png())
    return 'The picture is copied.'
  }
  return (
    <Part label="Picture">
      <Segments
        label="Colours of the picture"
        size="small"
        value={theme}
        options={THEMES}
        onChange={setTheme}
      />
      <Button onClick={() => perform(savePng)}>PNG</Button>
      <Button onClick={() => perform(saveSvg)}>SVG</Button>
      <Button onClick={() => perform(copy)}>Copy picture</Button>
    </Part>
  )
}

function TablesPart({ shared, perform }: PartProps): React.ReactNode {
  const { client } = useWorkbench().transport
  const left = useRef(new AbortController())
  useEffect(() => {
    const closing = new AbortController()
    left.current = closing
    return () => closing.abort()
  }, [])
  const { model, session, shown, filter } = shared
  const save = (what: string, csv: string): void =>
    saveFile(`${fileName(shared)}-${what}.csv`, new Blob([csv], { type: 'text/csv' }))

  const saveBars = (): string => {
    save('bars', model.view === 'distribution' ? distributionCsv(model) : barsCsv(model))
    return `The bars are saved as CSV${gapNote(shared)}.`
  }
  const saveTickets = async (): Promise<string> => {
    const { signal } = left.current
    const isWanted = (): boolean => !signal.aborted
    const query = { ...shown, ...filterParams({ filter }) }
    const taken = await readTickets(client, query, { atLeast: MOST_AT_ONCE, isWanted })
    signal.throwIfAborted()
    save('tickets', ticketsCsv(taken.tickets, session.zone))
    return `${ticketsText(taken.tickets.length)} saved as CSV${moreText(taken)}${gapNote(shared)}.`
  }
  return (
    <Part label="Tables">
      <Button onClick={() => perform(saveBars)}>Bars as CSV</Button>
      <Button onClick={() => perform(saveTickets)}>Tickets as CSV</Button>
      <Button onClick={() => perform(() => saveReport(client, shared))}>Report</Button>
    </Part>
  )
}

/** What a report needs is loaded when one is made. */
async function saveReport(client: Client, shared: Shared): Promise<string> {
  const [{ readReport }, { reportMarkdown }] = await Promise.all([
    import('../../src-shared/domain/report/read-report.ts'),
    import('../../src-shared/domain/report/markdown.ts'),
  ])
  const { model, session, shown } = shared
  const asked = { ...shown, bucketMinutes: model.barMinutes as Interval, zone: session.zone }
  const found = await readReport((method, params) => client.call(method, params), asked, Date.now())
  saveFile(`${fileName(shared)}.md`, new Blob([reportMarkdown(found)], { type: 'text/markdown' }))
  return 'The report is saved as Markdown.'
}

function gapNote({ model }: Shared): string {
  return model.gaps.length === 0 ? '' : '; what was not fetched is missing'
}

function CommandPart({ shared }: { shared: Shared }): React.ReactNode {
  const command = commandText(shared)
  return (
    <Part label="Command">
      <div className={styles['command']}>
        <code>
          {command.split(/(?= --)/).map((part) => (
            <span key={part}>{part}</span>
          ))}
        </code>
        <CopyButton text={command} label="Copy the command" />
      </div>
    </Part>
  )
}

function Part({ label, children }: { label: string; children: React.ReactNode }): React.ReactNode {
  const id = useId()
  return (
    <section className={styles['part']} aria-labelledby={id}>
      <h2 id={id}>{label}</h2>
      <div>{children}</div>
    </section>
  )
}
