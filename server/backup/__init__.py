"""Backup and restore (备份与恢复): database, keys and recordings in one folder.

contents   what lies where in that folder
files      copying files: whole and durable, and nothing good replaced by what is worse
sessions   the recordings, again and again into the same folder; what was destroyed goes there too
command    ``python -m server backup``
restoring  ``python -m server restore``
"""
