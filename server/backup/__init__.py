"""Backup and restore (备份与恢复): database, keys and recordings in one folder.

files      what is copied of keys and recordings, again and again into the same folder
command    ``python -m server backup`` and ``restore``
"""
