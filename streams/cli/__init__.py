"""The door bell: one file per verb, parsing and printing only. What verbs share stands in `hall`, what plays stories in `stage`."""
