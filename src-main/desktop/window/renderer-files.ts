import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { CONTENT_SECURITY_POLICY } from '../../runtime/content-security-policy.ts'
import { APP_ORIGIN } from './addresses.ts'

const MIME: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.woff2': 'font/woff2',
}

/**
 * Answers a request of the window for one of its own files: GET and HEAD, our exact host, files inside `folder` only.
 * Whatever is not there, outside, or of another host is 404 alike, so an answer says nothing about the disk.
 */
export async function answerFileRequest(request: Request, folder: string): Promise<Response> {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return new Response(null, { status: 405, headers: { Allow: 'GET, HEAD' } })
  }
  const file = fileOf(request.url, folder)
  const body = file === null ? null : await readIfThere(file)
  if (file === null || body === null) return new Response(null, { status: 404 })
  return new Response(request.method === 'HEAD' ? null : body, {
    headers: {
      'Content-Type': MIME[path.extname(file)] ?? 'application/octet-stream',
      'Content-Length': String(body.byteLength),
      'Content-Security-Policy': CONTENT_SECURITY_POLICY,
      'X-Content-Type-Options': 'nosniff',
    },
  })
}

/** The file that an address names; null where it names none of ours. */
function fileOf(address: string, folder: string): string | null {
  const url = new URL(address)
  // A custom scheme's `origin` is "null" outside Chromium, so its parts are compared.
  if (`${url.protocol}//${url.host}` !== APP_ORIGIN) return null
  const name = decoded(url.pathname === '/' ? '/index.html' : url.pathname)
  // A backslash separates on Windows, and a NUL ends a path for the system but not for us.
  if (name === null || /[\\\0]/.test(name)) return null
  const file = path.join(folder, name)
  return file.startsWith(folder + path.sep) ? file : null
}

function decoded(pathname: string): string | null {
  try {
    return decodeURIComponent(pathname)
  } catch {
    return null // a stray % is no file's name
  }
}

async function readIfThere(file: string): Promise<Uint8Array<ArrayBuffer> | null> {
  try {
    return new Uint8Array(await readFile(file))
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'EISDIR' || code === 'ENOTDIR') return null
    throw error
  }
}
