import { isatty } from 'node:tty'
import { EXIT } from './cli/io.ts'
import { listenForInterrupt, ResultLost } from './cli/interrupt.ts'
import { runCli } from './program.ts'
import { projectFile } from '../runtime/project-files.ts'

const interrupted = listenForInterrupt(process, (code) => process.exit(process.exitCode ?? code))
const readerGone = new AbortController()
const resultLost = new AbortController()
const { stdin, stdout, stderr, env } = process

stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (readerGone.signal.aborted || resultLost.signal.aborted) return
  // The reader of the result has seen enough (`| head`), and what was asked for is done all the same.
  if (error.code === 'EPIPE') return readerGone.abort()
  process.exitCode = EXIT.failed
  stderr.write(`The result cannot be written (${error.message}).\n`)
  resultLost.abort(new ResultLost(error.message))
  process.emit('SIGINT', 'SIGINT')
})
stderr.on('error', () => {}) // there is no other place to say it, and a run goes on

const terminal = [stdout, stderr].find((stream) => stream.isTTY)

void runCli(process.argv.slice(2), {
  stdin,
  stdout,
  stderr,
  env,
  cwd: process.cwd(),
  rendererDir: projectFile('out', 'renderer'),
  isTTY: isatty(stdin.fd) && isatty(stderr.fd),
  stdoutIsTTY: isatty(stdout.fd),
  colour: isatty(stdout.fd) && !env['NO_COLOR'] && env['TERM'] !== 'dumb',
  get columns() {
    return terminal?.columns || 80
  },
  get rows() {
    return terminal?.rows || 24
  },
  onResize(listener) {
    terminal?.on('resize', listener)
    return () => void terminal?.off('resize', listener)
  },
  signal: AbortSignal.any([interrupted, resultLost.signal]),
  readerGone: readerGone.signal,
  interrupt: () => void process.emit('SIGINT', 'SIGINT'),
}).then((code) => (process.exitCode ??= code))
