"""The published views: one a key figure, the same on SQLite and PostgreSQL, made anew by every upgrade.

Each row is one thing that counts, `at` the moment it counts at; `docs/reports.md` says what each column means.
"""

from collections.abc import Mapping

from sqlalchemy import Connection

# Spam is no work, and what was merged is counted where it went on.
_TICKETS = "JOIN tickets t ON t.id = m.ticket_id AND t.status <> 'spam' AND t.merged_into IS NULL"
# The first reply to what an agent began is measured from the customer's first mail on: no first reply to a customer.
_LENGTH = """
SELECT m.ended_at AS at, t.number AS ticket, t.team AS team, m.agent AS agent,
       m.business_minutes AS business_minutes, m.calendar_minutes AS calendar_minutes
FROM measures m {tickets}
WHERE m.name = '{name}' AND m.ended_at IS NOT NULL AND m.started_at = t.created_at"""
_QUESTION = """
SELECT m.ended_at AS at, t.number AS ticket, t.team AS team, m.agent AS agent, m.value AS value
FROM measures m {tickets} WHERE m.name = '{name}'"""


VIEWS: Mapping[str, str] = {
    "kpi_created": """
SELECT m.created_at AS at, m.number AS ticket, m.team AS team, m.assignee AS agent, 1 AS value
FROM tickets m WHERE m.status <> 'spam' AND m.merged_into IS NULL""",
    "kpi_first_reply": _LENGTH.replace("{name}", "first_reply"),
    "kpi_resolution": _LENGTH.replace("{name}", "resolution"),
    "kpi_first_contact": _QUESTION.replace("{name}", "first_contact"),
    "kpi_reopened": _QUESTION.replace("{name}", "reopened"),
    "kpi_wrote_again": _QUESTION.replace("{name}", "wrote_again"),
    "kpi_backlog": """
SELECT m.started_at AS since, m.ended_at AS until, t.created_at AS created_at, t.number AS ticket, t.team AS team,
       t.assignee AS agent
FROM measures m {tickets} WHERE m.name = 'unfinished'""",
    "kpi_attainment": """
SELECT COALESCE(m.missed_at, m.ended_at) AS at, t.number AS ticket, t.team AS team, m.agent AS agent,
       m.name AS metric, m.goal_minutes AS goal_minutes, m.business_minutes AS business_minutes,
       CASE WHEN m.missed_at IS NULL THEN 1 ELSE 0 END AS value
FROM measures m {tickets}
WHERE m.name IN ('first_reply', 'next_reply', 'update', 'resolution') AND m.goal_minutes IS NOT NULL
  AND COALESCE(m.missed_at, m.ended_at) IS NOT NULL""",
    "kpi_csat": """
SELECT m.at AS at, t.number AS ticket, t.team AS team, m.agent AS agent, m.score AS score, m.comment AS comment,
       CASE WHEN m.score >= 4 THEN 1 ELSE 0 END AS value
FROM ratings m {tickets}""",
    "kpi_survey_response": """
SELECT m.at AS at, t.number AS ticket, t.team AS team, t.assignee AS agent,
       CASE WHEN r.ticket_id IS NULL THEN 0 ELSE 1 END AS value
FROM fired m {tickets}
JOIN outbox o ON o.ticket_id = m.ticket_id AND o.template = 'survey' AND o.created_at = m.at AND o.state = 'sent'
LEFT JOIN ratings r ON r.ticket_id = m.ticket_id AND r.anchor = m.anchor
WHERE m.kind = 'survey'""",
    "kpi_untouched": """
SELECT m.ended_at AS at, t.number AS ticket, t.team AS team, m.agent AS agent,
       CASE WHEN EXISTS (SELECT 1 FROM messages x WHERE x.ticket_id = t.id
                         AND (x.direction = 'outbound' OR x.kind IN ('note', 'held', 'commands')))
            THEN 0 ELSE 1 END AS value
FROM measures m {tickets} WHERE m.name = 'resolution' AND m.ended_at IS NOT NULL""",
    "kpi_refused_mail": """
SELECT i.received_at AS at, i.id AS mail, i.envelope_from AS sender, i.reason AS reason, 1 AS times, 1 AS value
FROM inbound i WHERE i.state = 'refused'
UNION ALL
SELECT d.at, NULL, d.sender, d.action || ': ' || d.entry, d.times, 1
FROM denied d WHERE d.inbound_id IS NULL AND d.action = 'reject'""",
    "kpi_quarantined_mail": """
SELECT i.received_at AS at, i.id AS mail, i.envelope_from AS sender, i.reason AS reason, 1 AS value
FROM inbound i WHERE i.state = 'quarantined' OR i.released""",
    "kpi_rules_overridden": """
SELECT c.at AS at, t.number AS ticket, t.team AS team, t.assignee AS agent, c.kind AS what, c.why AS rule,
       CASE WHEN c.next_why IS NOT NULL AND substr(c.next_why, 1, 5) <> 'rule ' THEN 1 ELSE 0 END AS value
FROM (SELECT e.ticket_id, e.at, e.kind, e.why,
             LEAD(e.why) OVER (PARTITION BY e.ticket_id, e.kind, COALESCE(e.data ->> 'field', '') ORDER BY e.id)
             AS next_why
      FROM events e
      WHERE e.kind IN ('status', 'priority', 'category', 'team', 'assignee', 'field', 'tags')) c
JOIN tickets t ON t.id = c.ticket_id
WHERE substr(c.why, 1, 5) = 'rule '""",
}


def drop(connection: Connection) -> None:
    """Take the views away, so that their tables can change."""
    for name in VIEWS:
        connection.exec_driver_sql(f"DROP VIEW IF EXISTS {name}")


def create(connection: Connection) -> None:
    """Make the views."""
    for name, query in VIEWS.items():
        connection.exec_driver_sql(f"CREATE VIEW {name} AS {query.replace('{tickets}', _TICKETS)}")
