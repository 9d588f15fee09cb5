"""What the daemon says when it starts."""

from daemon.cli.desk_commands import bulleted


def test_a_problem_of_several_lines_is_told_apart_from_the_next() -> None:
    assert bulleted(["smtp.port: in use", "submission: broken\nin two places\n"]) == (
        "  - smtp.port: in use\n  - submission: broken\n    in two places"
    )
