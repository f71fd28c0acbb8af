import path from 'node:path'
import { BrowserWindow, dialog } from 'electron'
import type { AsOf } from '../../src-shared/contract/store.ts'
import { AppError } from '../../src-shared/errors/app-error.ts'
import { asOfText } from '../../src-shared/domain/text/as-of.ts'
import { tickets } from '../../src-shared/domain/text/sentences.ts'
import {
  importNotes,
  importText,
  type ImportProgress,
  type ImportResult,
  type ImportTerms,
} from '../transfer/import-tickets.ts'
import { formatOf } from '../transfer/ticket-lines.ts'
import type { Transfer } from '../transfer/transfer.ts'
import { choose, inform } from './message-boxes.ts'

export interface TransferTargets {
  /** Throws why nothing is open. */
  readonly transfer: () => Promise<Transfer>
  /** Of the person. */
  readonly zone: string
  /** A span in that zone, for reading. */
  readonly period: ImportTerms['period']
}

/** No signal of its own: what is under way ends with the program. */
const NEVER = new AbortController().signal
const MAX_BAD_ROWS_SHOWN = 5

/** Import… and Export…: as `jira-tpm import` and `export` do it, with a file that the person chooses. One at a time. */
export function transferActions(targets: TransferTargets) {
  let isBusy = false
  const alone = (work: () => Promise<void>) => async () => {
    if (isBusy) throw isUnderWay()
    isBusy = true
    try {
      await work()
    } finally {
      isBusy = false
      showProgress(NO_PROGRESS)
    }
  }
  return {
    'data-import': alone(() => importFile(targets)),
    'data-export': alone(() => exportFile(targets)),
  }
}

async function importFile({ transfer, period }: TransferTargets): Promise<void> {
  const filters = [
    { name: 'Tickets', extensions: ['csv', 'jsonl', 'ndjson', 'sql', 'dump', 'gz'] },
    { name: 'All files', extensions: ['*'] },
  ]
  const options = { title: 'Import tickets', properties: ['openFile' as const], filters }
  const window = shownWindow()
  const { filePaths } = await (window
    ? dialog.showOpenDialog(window, options)
    : dialog.showOpenDialog(options))
  const file = filePaths[0]
  if (file === undefined) return

  const source = { kind: 'file', file, name: path.basename(file), table: null } as const
  const request = { source, zone: 'UTC', dryRun: false, signal: NEVER, onProgress: showImport }
  const opened = await transfer()
  const result = await opened.importTickets({ ...request, skipBad: false })
  const { refused, read } = result
  if (refused === 0) return tellImported(result, period)
  const others = `Import the other ${read - refused}`
  const buttons = refused < read ? [others, 'Cancel'] : ['OK']
  const detail = notesOf(result, period).join('\n')
  const answer = await choose(buttons, { message: `${source.name} was not imported.`, detail })
  if (answer === others) await tellImported(await opened.importTickets({ ...request, skipBad: true }), period)
}

async function tellImported(result: ImportResult, period: ImportTerms['period']): Promise<void> {
  showProgress(NO_PROGRESS)
  await inform(
    'The import is done.',
    [importText(result, false, { period }), ...notesOf(result, period)].join('\n'),
  )
}

function notesOf(result: ImportResult, period: ImportTerms['period']): string[] {
  return importNotes(
    { ...result, bad: result.bad.slice(0, MAX_BAD_ROWS_SHOWN) },
    {
      period,
      otherZone: 'jira-tpm import --zone takes another',
      afterRefusal: 'Correct them, and import again.',
    },
  )
}

async function exportFile({ transfer, zone }: TransferTargets): Promise<void> {
  const filters = [
    { name: 'CSV', extensions: ['csv'] },
    { name: 'JSON lines', extensions: ['jsonl'] },
  ]
  const options = { title: 'Export tickets', defaultPath: 'tickets.csv', filters }
  const window = shownWindow()
  const { filePath } = await (window
    ? dialog.showSaveDialog(window, options)
    : dialog.showSaveDialog(options))
  if (filePath === '') return
  const opened = await transfer()
  let asOf: AsOf | null = null
  const count = await opened.exportTickets({
    format: formatOf(filePath),
    target: { file: filePath },
    fromMs: null,
    toMs: null,
    withLeft: false,
    signal: NEVER,
    onProgress: () => showProgress(UNKNOWN_PROGRESS),
    onAsOf: (found) => void (asOf = found),
  })
  showProgress(NO_PROGRESS)
  const asOfPart = asOf === null ? '' : ` ${asOfText(asOf, zone)}`
  await inform('The export is done.', `${tickets(count)} written to ${filePath}.${asOfPart}`)
}

/** As `BrowserWindow.setProgressBar` has them. */
const NO_PROGRESS = -1
const UNKNOWN_PROGRESS = 2

function showImport({ phase, rows, total }: ImportProgress): void {
  showProgress(phase === 'storing' && total !== null ? rows / total : UNKNOWN_PROGRESS)
}

function showProgress(progress: number): void {
  shownWindow()?.setProgressBar(progress)
}

function shownWindow(): BrowserWindow | undefined {
  return BrowserWindow.getAllWindows()[0]
}

function isUnderWay(): AppError {
  return new AppError('busy', 'An import or an export is under way.', {
    consequence: 'No other was begun.',
    hint: 'Wait until it is done.',
  })
}
