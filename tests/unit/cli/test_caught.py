"""What the catchers' own logs tell an audience."""

import json

from streams.cli.stage import caught


def lines(*entries):
    return [json.dumps(entry) for entry in entries]


def mail(to):
    return {"kind": "mail", "to": [to], "raw": f"To: {to}\nSubject: x\n\n{to}\n"}


def test_the_mail_that_is_shown_is_the_director_generals_or_the_first():
    some = [mail("polres@x.example"), mail("kpaii@x.example")]
    assert caught.first_mail(lines(*some))[0].endswith("To: kpaii@x.example")
    assert caught.first_mail(lines(*some[:1]))[0].endswith("To: polres@x.example")
    assert caught.first_mail(lines({"kind": "fault", "to": ["kpaii@x.example"]})) == []


def test_who_was_down_is_named_when_everybody_has_been_told():
    """Not before: as long as somebody waits there is nothing to be proud of."""
    refused = {"kind": "fault", "what": "code", "code": 451, "to": ["polres@x.example"]}
    failed = {"kind": "fault", "what": "code", "code": 503, "path": "/imip-hook"}
    hook = {"kind": "webhook", "path": "/imip-hook"}
    assert caught.down(lines(mail("a@x.example")), lines(hook)) == ""
    assert caught.down(lines(refused, mail("polres@x.example")), lines(failed, failed)) == ""
    told = caught.down(lines(refused, mail("polres@x.example")), lines(failed, failed, hook))
    assert told == "down   imip-hook 503 503, polres 451; tried again and told, nobody else waited"
