"""Personal data that a test can find again: every value of it is like no other text of the town."""

from dataclasses import dataclass

from psycopg import Connection

from gis_core.incidents import following, subscriptions
from gis_core.incidents.case import Evidence, Person
from gis_core.incidents.life import Actor
from gis_core.incidents.office import Office
from gis_core.incidents.photos import CleanPhoto
from gis_core.incidents.reporting import take_report
from gis_core.incidents.reports import Contact, Report
from gis_core.incidents.stepping import take_step
from tests.towns.incident_sql import LAMP, PAPERS, PIPE, RUBBISH, acting, place

RESIDENT = Person("reporter", frozenset({Actor.REPORTER}))
CALLABLE = {"name": "Zhaomarkname", "phone": "13955550001", "email": "markmail@mark.example",
            "media_url": "https://mark.example/markphoto.jpg"}  # fmt: skip
"""What whoever may read contacts sees of the first reporter."""
NEVER = {"device": "markdevice", "account": "markaccount"}
OTHERS = {
    "second reporter": "13955550002", "third reporter": "13955550003", "fourth reporter": "13955550010",
    "follower": "13955550004",
    "follower's mail": "markfollower@mark.example", "subscriber": "13955550005",
    "subscriber's mail": "marksubscriber@mark.example",
}  # fmt: skip
WORDS = {
    "description": "13955550006",
    "address": "13955550007",
    "comment": "13955550008",
    "papers": "13955550009",
    "emergency": "13955550011",
}
"""Telephone numbers within texts: the staff sees them as they were written."""


@dataclass(frozen=True)
class Planted:
    """numbers: of the incidents, the first one's reporter left everything. links: secrets by what they open."""

    numbers: tuple[str, ...]
    links: dict[str, str]

    @property
    def sealed(self) -> dict[str, str]:
        """What may lie nowhere in the open: contacts and links, by name."""
        links = {f"link of {name}": secret for name, secret in self.links.items()}
        return {**CALLABLE, **NEVER, **OTHERS, **links}


def plant(pg: Connection, office: Office, now: object) -> Planted:
    """A lamp, dispatched, with a comment; rubbish; an application; an emergency; two followers; two subscriptions."""
    lon, lat = place()
    contact = Contact(
        CALLABLE["name"], CALLABLE["phone"], CALLABLE["email"], NEVER["device"], NEVER["account"]
    )
    first = take_report(pg, office, Report(
        lon, lat, LAMP, f"灯不亮，电话 {WORDS['description']}", f"跃进路1号 {WORDS['address']}",
        attributes={"fault": "out"}, contact=contact, consent=True, media_url=CALLABLE["media_url"],
    ), [("near", CleanPhoto(b"jpeg", 1, 1))], by=RESIDENT, now=now, key="resident:a key of the first")  # fmt: skip
    second = take_report(pg, office, Report(
        lon, lat, RUBBISH, "垃圾", contact=Contact(phone=OTHERS["second reporter"]), consent=True,
    ), (), by=RESIDENT, now=now)  # fmt: skip
    third = take_report(pg, office, Report(
        lon, lat, PAPERS, f"办证，{WORDS['papers']}", contact=Contact(phone=OTHERS["third reporter"]), consent=True,
    ), (), by=RESIDENT, now=now)  # fmt: skip
    fourth = take_report(pg, office, Report(
        lon, lat, PIPE, f"水管爆裂，{WORDS['emergency']}", consent=True,
        contact=Contact(phone=OTHERS["fourth reporter"]),
    ), (), by=RESIDENT, now=now)  # fmt: skip
    take_step(
        pg,
        office,
        first.number,
        "comment",
        Evidence(note=f"请打 {WORDS['comment']}"),
        (),
        by=RESIDENT,
        now=now,
    )
    she = acting(pg, "she", first.number)
    take_step(pg, office, first.number, "accept", Evidence(note="已核实"), (), by=she, now=now)
    take_step(pg, office, first.number, "dispatch", Evidence(department="power"), (), by=she, now=now)
    links = {"first": first.link, "second": second.link, "third": third.link, "fourth": fourth.link}
    followers = (("follower", Contact(phone=OTHERS["follower"])),
                 ("mail follower", Contact(email=OTHERS["follower's mail"])))  # fmt: skip
    for name, told in followers:
        links[name] = f"markfollowsecret{name.replace(' ', '')}"
        following.add_follower(pg, office, first.number, told, links[name], consent=True, lang="zh", now=now)
    for name, channel in (("subscriber", "sms"), ("subscriber's mail", "email")):
        links[name] = f"marksubscription{channel}"
        subscriptions.subscribe(
            pg, office, 1, channel, OTHERS[name], links[name], lang="zh", consent=True, now=now
        )
    pg.commit()
    return Planted((first.number, second.number, third.number, fourth.number), links)
