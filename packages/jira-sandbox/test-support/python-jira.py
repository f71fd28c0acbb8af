"""What a program does with python-jira: python-jira.py URL USER PASSWORD. Prints what it saw as JSON."""

import json
import sys

from jira import JIRA
from jira.exceptions import JIRAError

url, user, password = sys.argv[1:4]
jira = JIRA(server=url, basic_auth=(user, password), max_retries=0)


def keys(jql, **more):
    return sorted(issue.key for issue in jira.search_issues(jql, **more))


def refusal(jql, validate_query):
    try:
        jira.search_issues(jql, validate_query=validate_query)
    except JIRAError as error:
        return [error.status_code, error.text]
    return None


first = jira.create_issue(project="TPM", summary="Checkout is slow", issuetype={"name": "Bug"}, labels=["red"])
second = jira.create_issue(project="TPM", summary="Log-in fails", issuetype={"name": "Task"}, description="Since noon.")
second.update(fields={"summary": "Log-in fails again", "labels": ["red", "blue"]})

everything = jira.search_issues("project = TPM ORDER BY key ASC", maxResults=False)
pages = [jira.search_issues("project = TPM ORDER BY key ASC", startAt=at, maxResults=5) for at in (0, 5, 10)]
found = jira.search_issues("key = " + second.key, fields="summary,status,reporter,created,resolution")[0]

json.dump(
    {
        "deployment": jira.deploymentType,
        "me": jira.myself()["displayName"],
        "fields": [field["id"] for field in jira.fields()],
        "issueTypes": [issue_type.name for issue_type in jira.issue_types()],
        "statuses": [status.name for status in jira.statuses()],
        "resolutions": [resolution.name for resolution in jira.resolutions()],
        "priorities": [priority.name for priority in jira.priorities()],
        "projects": [project.key for project in jira.projects()],
        "project": jira.project("TPM").name,
        "total": everything.total,
        "everything": [issue.key for issue in everything],
        "paged": [issue.key for page in pages for issue in page],
        "found": {
            "summary": found.fields.summary,
            "status": found.fields.status.name,
            "reporter": found.fields.reporter.displayName,
            "resolution": found.fields.resolution,
            "hasCreated": bool(found.fields.created),
        },
        "description": jira.issue(second.key).fields.description,
        "first": first.key,
        "second": second.key,
        "queries": {
            jql: keys("labels in (red) AND " + jql)
            for jql in (
                'status = "To Do"',
                "status = Done",
                "issuetype = Bug",
                "summary ~ slow",
                'summary ~ "log-in again"',
                "reporter = currentUser()",
                "resolution = Unresolved",
                "resolution is EMPTY",
                "labels = blue",
                "created >= -1h",
                "created <= -1h",
                "created >= startOfDay() AND created <= endOfDay()",
                "updated >= -5m",
                'created > "2020/01/01 10:00"',
            )
        },
        "refusals": {
            jql: [refusal(jql, validate) for validate in (True, False)]
            for jql in ("colour = red", "project = nextSprint()", "created ~ x", "created > yesterday", "labels = (")
        },
    },
    sys.stdout,
)
