import path from 'node:path'
import type { JiraDraft } from '../../src-shared/contract/settings-models.ts'
import { AppError } from '../../src-shared/errors/app-error.ts'
import type { SiteConfig } from '../config/config.ts'
import { projectKey, siteUrl } from '../config/jira-config.ts'

/** Checks what a person filled in, as far as no Jira is needed for it. Throws `usage`. */
export function siteOfDraft(draft: JiraDraft): SiteConfig {
  const { user, tokenExpiresOn, caFile, watch } = draft
  if (draft.projectKey !== null) projectKey(draft.projectKey, 'The project', 'usage')
  if (caFile !== null && !path.isAbsolute(caFile)) {
    throw new AppError('usage', 'The file of certificates is not a whole path. Nothing was sent.', {
      hint: 'Give it from the root on, as /etc/ssl/company.pem.',
    })
  }
  const url = siteUrl({ target: draft.url.trim(), source: 'settings' })
  return { kind: 'site', url, user: user?.trim() || null, token: null, tokenExpiresOn, caFile, watch }
}
