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

process.exitCode = await runCli(process.argv.slice(2), {
  stdin,
  stdout,
  stderr,
  env,
  cwd: process.cwd(),
  rendererDir: projectFile('out', 'renderer'),
  isTTY: isatty(stdin.fd) && isatty(stderr.fd),
  colour: isatty(stdout.fd) && !env['NO_COLOR'],
  columns: stdout.columns ?? 80,
  signal,
})
