/** The faults that meet single requests, and what each does to one. Their parameters are in parentheses. */
const REQUEST_FAULT_TEXTS = {
  'status-429': 'too many requests (reason, retryAfterSeconds)',
  'near-limit': 'a good answer that says that the limit is near',
  'status-503': 'the service is unavailable (retryAfterSeconds)',
  'html-error': 'a gateway’s page (status: 502 where absent)',
  'applied-500': 'everything was done, and answered with a 500',
  'redirect-login': '302 to a page to log in on',
  'redirect-host': '307 to the same path elsewhere (location)',
  late: 'nothing for some time, then the answer (ms)',
  'stall-before': 'nothing was done, and there is no answer',
  'stall-after': 'everything was done, and there is no answer',
  stall: 'half a body, then silence',
  'slow-drip': 'a body of which a piece arrives now and then (pieceBytes, ms)',
  'reset-before': 'the connection breaks before anything was done',
  'reset-after': 'everything was done, then the connection breaks',
  truncated: 'JSON that is cut off (cut: json, length or chunked)',
  'empty-body': 'the status of success, and nothing',
  'wrong-type': 'the answer under another content type (contentType; empty for none)',
  oversize: 'the answer after many blanks (bytes)',
  'login-page': '200 with a page for people',
  'logged-out': 'treated as a caller whose token has expired: 200 and empty where Jira does that',
  'locked-out': '403: too many wrong passwords, says a header',
  'no-account-header': 'a good answer that does not say for whom',
  'short-page': 'a search: half of the tickets asked for, and a token',
  'empty-page': 'a search: no tickets, and a token',
  'repeated-page': 'a search: the page and its token come once more',
  'repeated-token': 'a search: the page and its token come for ever',
} as const

/** The faults that meet single deliveries of webhooks. */
const HOOK_FAULT_TEXTS = {
  'hook-late': 'a webhook is sent after some time (ms)',
  'hook-doubled': 'a webhook is sent twice, with the same identifier',
  'hook-out-of-order': 'a webhook is sent after the one that follows it, or after a second',
  'hook-lost': 'a webhook is never sent',
  'hook-unsigned': 'a webhook has no signature',
  'hook-forged': 'a webhook has a signature that is made with another secret',
} as const

/** The faults that the site has for as long as they are set. */
const SITE_FAULT_TEXTS = {
  'expired-token': 'the API token is refused, as if it had expired',
  captcha: 'the account must prove on a page that it is a person: too many wrong passwords',
  'scoped-token': 'the token is taken at the gateway alone, as a scoped one is',
  'empty-for-strangers': 'whom Jira does not know gets empty answers in place of a 401',
  'no-permission': 'the account may not (permission: browse, create, delete or administer)',
  'hidden-project': 'the account does not see a project (key)',
  'unseen-project-refused': 'a search for a project that the account does not see is a 400',
  'no-priority-on-screen': 'the create screen has no priority',
  'renamed-priorities': 'the priorities have other names (names: five, most urgent first)',
  'severity-field': 'there is a select field “Severity” beside the priority',
  'required-field': 'the create screen demands a field that has no default',
  'clock-skew': 'the clock that the site shows is wrong (ms; negative where it is slow)',
  'index-lag': 'search finds tickets late (minMs, maxMs: out of order where they differ)',
  'burst-limit': 'more requests a second get a 429 (perSecond)',
  'page-cap': 'Data Center: a page of a search has no more tickets than this (tickets)',
  'search-window': 'Data Center: a search can be paged no deeper than this (tickets)',
  'search-removed': 'Cloud: the search of REST v2 is answered with 410 as well, as Atlassian does today',
  'older-server': 'Data Center: it is version 9, whose webhooks are registered elsewhere and not signed',
} as const

export type HookFaultKind = keyof typeof HOOK_FAULT_TEXTS
export type FaultKind = keyof typeof REQUEST_FAULT_TEXTS | HookFaultKind
export type SiteFaultKind = keyof typeof SITE_FAULT_TEXTS
export type FaultName = FaultKind | SiteFaultKind

/** Every fault by its name. */
export const FAULT_TEXTS: Readonly<Record<FaultName, string>> = {
  ...REQUEST_FAULT_TEXTS,
  ...HOOK_FAULT_TEXTS,
  ...SITE_FAULT_TEXTS,
}

export const FAULT_KINDS = Object.keys({ ...REQUEST_FAULT_TEXTS, ...HOOK_FAULT_TEXTS }) as FaultKind[]

export function isFaultName(text: string): text is FaultName {
  return Object.hasOwn(FAULT_TEXTS, text)
}

export function isFaultKind(text: string): text is FaultKind {
  return Object.hasOwn(REQUEST_FAULT_TEXTS, text) || isHookFaultKind(text)
}

export function isHookFaultKind(text: string): text is HookFaultKind {
  return Object.hasOwn(HOOK_FAULT_TEXTS, text)
}
