"""The roster (值班表): planned hours, leave, swaps, and the hours that were really served.

``repository`` and ``plan`` are for others: who is on now and next, and whether a moment is
rostered. ``service`` changes it, ``calendar`` and ``sheet`` carry it in and out.
"""
