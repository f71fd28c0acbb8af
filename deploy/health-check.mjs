// What the server's container asks itself: whether /health answers. By TLS where the server does it, to whatever name
// its certificate has, since nothing is believed of the answer but that it came.
import http from 'node:http'
import https from 'node:https'

const { JIRA_TPM_PORT: port = '8050', JIRA_TPM_TLS_CERT_FILE: cert } = process.env
const { get } = cert ? https : http
const request = get(
  { host: '127.0.0.1', port, path: '/health', timeout: 4_000, rejectUnauthorized: false },
  (answer) => {
    answer.resume()
    answer.on('end', () => end(answer.statusCode === 200 ? null : `/health answered ${answer.statusCode}`))
  },
)
request.on('timeout', () => request.destroy(new Error('/health did not answer in 4 s')))
request.on('error', (error) => end(error.message))

function end(failure) {
  if (failure !== null) console.error(failure)
  process.exit(failure === null ? 0 : 1)
}
