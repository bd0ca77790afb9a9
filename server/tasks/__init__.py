"""Tasks (待办): what needs a person, who looks after it, and how it ended.

kinds        what tasks are about
repository   ``open_task`` and ``resolve_task`` for every feature, and the lists
service      taking one, ending one; ``routes`` the page, ``figures`` the metric
"""
