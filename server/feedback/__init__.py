"""How people found a session (满意度评价): one tap from 1 to 5, and why if they like.

Nobody's name is kept with it. Admins and supervisors read sums and words; whoever was rated reads
nothing of it: no view, page or list of theirs holds it.

reasons      what can be tapped as a reason
service      taking a rating at the terminal or by a link; the summary
repository   the rows; ``routes`` the pages and their API
"""
