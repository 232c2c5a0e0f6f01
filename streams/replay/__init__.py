"""The past: the same rooms over recorded inboxes or files. Nothing here can send."""
