import { isatty } from 'node:tty'
import { listenForInterrupt } from './commands/interrupt.ts'
import { runCli } from './commands/run.ts'
import { projectFile } from './project-files.ts'

const signal = listenForInterrupt(process, (code) => process.exit(code))
const { stdin, stdout, stderr, env } = process

// Whoever read the result has seen enough (`| head`).
stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.emit('SIGINT', 'SIGINT') // nobody reads what goes on
})
stderr.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
})

const terminal = [stdout, stderr].find((stream) => stream.isTTY)

process.exitCode = await runCli(process.argv.slice(2), {
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
  signal,
  interrupt: () => void process.emit('SIGINT', 'SIGINT'),
})
