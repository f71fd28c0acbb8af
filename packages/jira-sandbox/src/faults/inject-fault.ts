import type { FastifyReply, FastifyRequest } from 'fastify'
import { errorCollection } from '../http/jira-error.ts'
import { HTML, lockedOutHeaders, LOGIN_PAGE, LOGIN_PATH, errorPage } from '../http/pages.ts'
import { limitHeaders, nearLimitHeaders, retryAfter } from '../http/rate-limit-headers.ts'
import type { FaultKind } from './fault-texts.ts'
import type { FaultRule } from './request-faults.ts'
import * as spoiled from './spoiled-answer.ts'

type Strike = (reply: FastifyReply, rule: FaultRule, request: FastifyRequest, siteMs: number) => void

/** The faults that strike before the endpoint is asked and are the whole answer. */
const BEFORE: Partial<Record<FaultKind, Strike>> = {
  'status-429': (reply, rule, _request, siteMs) =>
    void reply
      .code(429)
      .headers(limitHeaders(rule, siteMs))
      .send(errorCollection(['Rate limit exceeded.'])),
  'status-503': (reply, rule) =>
    void reply
      .code(503)
      .headers(retryAfter(rule))
      .send(errorCollection(['Service Unavailable'])),
  'html-error': (reply, { status = 502 }) => void reply.code(status).type(HTML).send(errorPage(status)),
  'login-page': (reply) => void reply.code(200).type(HTML).send(LOGIN_PAGE),
  'redirect-login': (reply, _rule, request) =>
    void reply.redirect(`${LOGIN_PATH}?os_destination=${encodeURIComponent(request.url)}`, 302),
  'redirect-host': (reply, { location = 'http://moved.sandbox.example' }, request) =>
    void reply.redirect(`${location}${request.url}`, 307),
  'locked-out': (reply) => lockOut(reply),
  'reset-before': (reply) => spoiled.reset(reply),
  'stall-before': (reply) => void reply.hijack(),
}

/** Carries out a fault that strikes before the endpoint is asked. True where that was the whole answer. */
export function faultBefore(
  rule: FaultRule,
  reply: FastifyReply,
  request: FastifyRequest,
  siteMs: number,
): boolean {
  const strike = BEFORE[rule.kind]
  strike?.(reply, rule, request, siteMs)
  return strike !== undefined
}

/** Answers an account that it has to prove on a page that it is a person. */
export function lockOut(reply: FastifyReply): void {
  const said = errorCollection(['Basic Authentication Failure - Reason : AUTHENTICATION_DENIED'])
  void reply.code(403).headers(lockedOutHeaders()).send(said)
}

type Spoil = (reply: FastifyReply, payload: string, rule: FaultRule) => string | null

/** The faults that strike an answer on its way out: what is sent instead, or null where they took the connection. */
const AFTER: Partial<Record<FaultKind, Spoil>> = {
  'near-limit': (reply, payload) => {
    void reply.headers(nearLimitHeaders())
    return payload
  },
  'no-account-header': (reply, payload) => {
    reply.removeHeader('x-aaccountid')
    reply.removeHeader('x-ausername')
    return payload
  },
  'applied-500': (reply) => {
    void reply.code(500).type('application/json;charset=UTF-8')
    return JSON.stringify(errorCollection(['Internal server error']))
  },
  'empty-body': () => '',
  'wrong-type': (reply, payload, { contentType = 'text/plain;charset=UTF-8' }) => {
    // Fastify calls a text by a type of its own where it has none, so an answer without one goes out by itself.
    if (contentType === '') return spoiled.withoutType(reply, payload)
    void reply.type(contentType)
    return payload
  },
  truncated: (reply, payload, { cut = 'json' }) => {
    reply.removeHeader('content-length')
    return cut === 'json' ? firstHalf(payload) : spoiled.cut(reply, payload, cut)
  },
  oversize: (reply, payload, { bytes = 64 * 2 ** 20 }) => spoiled.oversize(reply, payload, bytes),
  stall: (reply, payload) => spoiled.stall(reply, payload),
  'stall-after': (reply) => {
    void reply.hijack()
    return null
  },
  'slow-drip': (reply, payload, { ms = 100, pieceBytes = 16 }) =>
    spoiled.drip(reply, payload, ms, pieceBytes),
  'reset-after': (reply) => {
    spoiled.reset(reply)
    return null
  },
}

/**
 * Carries out a fault that strikes the answer on its way out. Returns what is to be sent instead, or null where the
 * connection has been taken over.
 */
export function faultAfter(rule: FaultRule, reply: FastifyReply, payload: string): string | null {
  const spoil = AFTER[rule.kind]
  return spoil === undefined ? payload : spoil(reply, payload, rule)
}

function firstHalf(text: string): string {
  return text.slice(0, Math.floor(text.length / 2))
}
