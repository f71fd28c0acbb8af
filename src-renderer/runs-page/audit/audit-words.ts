import type { AuditResult } from '../../../src-shared/contract/models.ts'
import { auditVerdict, type VerdictKind } from '../../../src-shared/domain/audit-verdict.ts'
import { capital, countWords, listWords, numberWords, uncapital } from '../number-words.ts'
import { differs } from './chain.ts'
import { differencesIn, kindWords } from './differences.ts'

/** What an audit comes to. */
export interface Verdict {
  /** `waiting`: nothing is wrong, and not everything is there: not yet, or not any more. */
  readonly tone: 'good' | 'waiting' | 'bad'
  readonly title: string
  readonly text: string
}

const tones: Record<VerdictKind, Verdict['tone']> = {
  ok: 'good',
  later: 'waiting',
  'under-way': 'waiting',
  removed: 'waiting',
  differs: 'bad',
}

/** The verdict of every door, in the form of a title and what it means. */
export function verdictOf(audit: AuditResult): Verdict {
  const { kind, sentence } = auditVerdict(audit)
  if (kind === 'differs') return differsVerdict(audit)
  const [title = sentence, ...rest] = sentence.split(': ')
  return { tone: tones[kind], title: kind === 'ok' ? 'Nothing lost' : title, text: capital(rest.join(': ')) }
}

function differsVerdict(audit: AuditResult): Verdict {
  if (audit.kinds.length === 0) return bareVerdict(audit)
  const kinds = audit.kinds.map(({ kind, count }) => `${numberWords(count)} ${uncapital(kindWords(kind))}`)
  return {
    tone: 'bad',
    title: countWords(differencesIn(audit), 'difference'),
    text: `${capital(listWords(kinds))}.`,
  }
}

/** The figures differ, and no single ticket tells why. */
function bareVerdict({ minutes }: AuditResult): Verdict {
  const count = minutes.filter(differs).length
  return {
    tone: 'bad',
    title: `The figures differ in ${countWords(count, 'minute')}`,
    text: 'No single ticket tells why. Check again: it may have changed meanwhile.',
  }
}
