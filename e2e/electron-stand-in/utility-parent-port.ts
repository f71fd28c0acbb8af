// For `node --import` in a child of the stand-in's utilityProcess.
const parentPort = {
  on(_event: 'message', listener: (event: { data: unknown }) => void) {
    process.on('message', (data) => listener({ data }))
  },
  postMessage: (message: unknown) => void process.send?.(message),
}
Object.defineProperty(process, 'parentPort', { value: parentPort })
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'))
