import type { TestData } from './store.ts'

/**
 * The cells in which the counts by minute, by day, by field or for the usual are not what a GROUP BY over the counted tickets gives, with how much
 * they lack: none, at every commit. Of one site or, without it, of all. One statement, so that all of it is of one
 * commit.
 */
export function countDifferences(
  rows: TestData['query'],
  siteId?: string,
): Promise<Record<string, unknown>[]> {
  const where = siteId === undefined ? '' : `WHERE site_id = '${siteId}'`
  return rows(`
    WITH counted AS (SELECT * FROM tickets WHERE left_ms IS NULL)
    SELECT kind, site_id, project_key, priority_id, cell, issue_type, rehearsed, SUM(n) AS lacking FROM (
      SELECT 'minute' AS kind, site_id, project_key, priority_id, created_ms / 60000 AS cell, '' AS issue_type, -1 AS rehearsed, 1 AS n
        FROM counted ${where}
      UNION ALL
      SELECT 'minute' AS kind, site_id, project_key, priority_id, minute AS cell, '' AS issue_type, -1 AS rehearsed, -count AS n
        FROM minute_counts ${where}
      UNION ALL
      SELECT 'day' AS kind, site_id, project_key, priority_id, created_ms / 86400000 AS cell, '' AS issue_type, -1 AS rehearsed, 1 AS n
        FROM counted ${where}
      UNION ALL
      SELECT 'day' AS kind, site_id, project_key, priority_id, day AS cell, '' AS issue_type, -1 AS rehearsed, -count AS n
        FROM day_counts ${where}
      UNION ALL
      SELECT 'field' AS kind, site_id, project_key, priority_id, created_ms / 60000 AS cell,
          COALESCE(issue_type, '') AS issue_type, COALESCE(rehearsed, -1) AS rehearsed, 1 AS n
        FROM counted ${where} ${where === '' ? 'WHERE' : 'AND'} (issue_type IS NOT NULL OR rehearsed IS NOT NULL)
      UNION ALL
      SELECT 'field' AS kind, site_id, project_key, priority_id, minute AS cell, issue_type, rehearsed, -count AS n
        FROM field_counts ${where}
      UNION ALL
      SELECT CASE WHEN source <> 'jira' THEN 'others' WHEN rehearsed = 1 THEN 'rehearsed' ELSE 'usual' END AS kind,
          site_id, project_key, priority_id, created_ms / 300000 AS cell, '' AS issue_type, -1 AS rehearsed, 1 AS n
        FROM counted ${where}
      UNION ALL
      SELECT 'usual' AS kind, site_id, project_key, priority_id, five_minutes AS cell, '' AS issue_type, -1 AS rehearsed, -count AS n
        FROM usual_counts ${where}
      UNION ALL
      SELECT 'rehearsed' AS kind, site_id, project_key, priority_id, five_minutes AS cell, '' AS issue_type, -1 AS rehearsed, -rehearsed AS n
        FROM usual_counts ${where}
      UNION ALL
      SELECT 'others' AS kind, site_id, project_key, priority_id, five_minutes AS cell, '' AS issue_type, -1 AS rehearsed, -others AS n
        FROM usual_counts ${where}
    ) AS cells
    GROUP BY kind, site_id, project_key, priority_id, cell, issue_type, rehearsed HAVING SUM(n) <> 0`)
}
