"""The channels: attempts become messages, messages leave the house.

`render` and `sign` are pure: an attempt in, an e-mail, a webhook call or a line out. `mail`, `webhook` and `file` hand these over, each by
`async def send(message) -> Result`; `channel` says what they have in common, and how the three are called.
"""
