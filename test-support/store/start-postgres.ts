import { startPostgres } from './postgres.ts'

// A process that starts a server, stalls it, says where it is, and stays until it is killed.
const server = await startPostgres()
server.stall()
process.stdout.write(`${JSON.stringify({ pid: server.pid(), folder: server.socketDir })}\n`)
setInterval(() => {}, 60_000)
