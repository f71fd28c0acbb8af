// Imported first by every script. On Linux and Windows npm scripts run on the Node 24 that an optional package brings;
// on macOS they run on the system's, which must know N-API 10 (better-sqlite3), TypeScript files and the system’s certificates (tls.getCACertificates).
const [major, minor] = process.versions.node.split('.').map(Number)
if (major < 22 || (major === 22 && minor < 20)) {
  console.error(
    `Jira TPM needs Node 22.20 or newer to run; this is ${process.version}. Nothing was started.\n` +
      (process.platform === 'darwin'
        ? 'Install a newer Node (https://nodejs.org, or `brew install node`) and try again.'
        : 'Start it through npm (`npm start`, `npm test`): its scripts bring their own Node 24. If they do not, run `npm ci` without --omit=optional.'),
  )
  process.exit(1)
}
