import { JiraError } from './errors.ts'

/**
 * True where Jira deleted a ticket; false where it answered that there is none, but not before it has said that it still
 * knows us: to nobody, it shows none. Throws everything else that the deletion throws.
 */
export async function deletedOrGone(
  deletion: Promise<unknown>,
  askWhoWeAre: () => Promise<unknown>,
): Promise<boolean> {
  try {
    await deletion
    return true
  } catch (error) {
    if (!(error instanceof JiraError) || error.status !== 404) throw error
    await askWhoWeAre()
    return false
  }
}
