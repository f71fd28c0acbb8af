const HIDDEN = '[hidden]'

/** Shorter texts would be found by chance in others. */
const LEAST_LENGTH = 6

/** Every form of a secret that this process holds or held. One a process: whatever leaves it is searched for all. */
const known = new Set<string>()

/** From now on `hideSecrets` takes this token or password out of every text, alone and as HTTP sends it with a user's name. */
export function rememberSecret(secret: string, user: string | null): void {
  const inJson = JSON.stringify(secret).slice(1, -1)
  const sent = base64(`${user ?? ''}:${secret}`)
  const forms = [secret, inJson, encodeURIComponent(secret), base64(secret), sent]
  for (const form of forms) if (form.length >= LEAST_LENGTH) known.add(form)
}

/**
 * Takes credentials out of a text that is about to leave the process: the secrets that are known, and by their form those
 * of HTTP headers, of URLs, of signed tokens, and one-time codes of links.
 */
export function hideSecrets(text: string): string {
  let clean = text
  for (const form of known) clean = clean.replaceAll(form, HIDDEN)
  return clean
    .replace(/\b(Basic|Bearer)\s+[\w+/=.~-]+/gi, `$1 ${HIDDEN}`)
    .replace(/(:\/\/)[^\s/@"]+@/g, `$1${HIDDEN}@`)
    .replace(/\beyJ[\w-]+\.[\w-]+\.[\w-]+/g, HIDDEN) // a JWT: what begins with {" in Base64url
    .replace(/([#?&]code=)[\w-]+/g, `$1${HIDDEN}`)
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64')
}
