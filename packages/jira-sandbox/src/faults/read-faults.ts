import { Check, Errors } from 'typebox/value'
import { SandboxError } from '../sandbox-error.ts'
import { Fault, schemaOf } from './fault.ts'
import { FAULT_TEXTS, isFaultName } from './fault-texts.ts'

/** Parameters that say which requests are meant. */
const MATCHING = ['method', 'path']

/**
 * Reads `late:ms=800:rate=0.1,captcha`: names, each with its parameters. A list (`names=`) is written with `|`.
 * Throws `usage`.
 */
export function readFaults(text: string): Fault[] {
  return text.split(/,(?=[a-z0-9-]+(?:[:,]|$))/).map(readFault)
}

function readFault(text: string): Fault {
  const [kind = '', ...parameters] = text.split(/:(?=\w+=)/)
  if (!isFaultName(kind)) throw wrong(`There is no fault "${kind}".`, 'jira-sandbox --list names them.')
  const fault: Record<string, unknown> = { kind }
  const match: Record<string, string> = {}
  for (const parameter of parameters) {
    const [, name = '', value = ''] = /^(\w+)=(.*)$/s.exec(parameter) ?? []
    if (MATCHING.includes(name)) match[name] = value
    else fault[name] = name === 'names' ? value.split('|') : readValue(value)
  }
  if (Object.keys(match).length > 0) fault['match'] = match
  if (Check(Fault, fault)) return fault
  const [first] = Errors(schemaOf(kind), fault)
  const where = [first?.instancePath.slice(1), first?.message].filter(Boolean).join(' ')
  throw wrong(`The fault "${text}" is not one: ${where}.`, `${kind}: ${FAULT_TEXTS[kind]}.`)
}

function readValue(text: string): unknown {
  if (text === 'null') return null
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text
}

function wrong(what: string, hint: string): SandboxError {
  return new SandboxError('usage', what, { consequence: 'Nothing was started.', hint })
}
