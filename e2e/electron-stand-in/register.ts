import { registerHooks } from 'node:module'

// For `node --import`: whoever imports or requires `electron` in this process gets the stand-in. The npm package of that
// name must never be reached: it would begin to download the binary.
const standIn = new URL('./electron.ts', import.meta.url).href
const names = new Set(['electron', 'electron/main', 'electron/common'])

registerHooks({
  resolve: (specifier, context, next) =>
    names.has(specifier)
      ? { url: standIn, format: 'module-typescript', shortCircuit: true }
      : next(specifier, context),
})

const versions = { ...process.versions, electron: '0.0.0-stand-in', chrome: '0.0.0-stand-in' }
Object.defineProperty(process, 'versions', { value: Object.freeze(versions) })
Object.defineProperty(process, 'type', { value: 'browser' })
// Beside the archive in a package; a test says where.
Object.defineProperty(process, 'resourcesPath', { value: process.env['STAND_IN_RESOURCES'] ?? process.cwd() })
