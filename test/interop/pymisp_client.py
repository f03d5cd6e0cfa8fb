"""What an unmodified PyMISP makes of a running server.

Arguments: the address (it ends in a slash). Standard input: `{"owner", "second", "reader": keys, "bundle": a STIX bundle,
"group": the uuid of a sharing group, "organisation": a uuid}`. Standard output: a JSON object of `calls` (each method that
was called, in order, with its outcome: `works`, or the status and title of the refusal) and `facts` (what came back).
`--check` only says whether the library is here.
"""

import json
import logging
import sys
import uuid
import warnings

warnings.filterwarnings("ignore")
logging.disable(logging.CRITICAL)

CALLS = []
FACTS = {}


def called(name, answer):
    """Remembers how a call ended, and gives its answer on."""
    outcome = "works"
    if isinstance(answer, dict) and isinstance(answer.get("errors"), (list, tuple)) and answer["errors"]:
        status, said = answer["errors"][:2]
        outcome = f"{status} {said.get('name') or said.get('title')}"
    if answer is None:
        outcome = "answers nothing"
    CALLS.append([name, outcome])
    return answer


def attempt(name, call):
    from pymisp.exceptions import PyMISPError

    try:
        return called(name, call())
    except (PyMISPError, KeyError, TypeError, ValueError, AttributeError) as error:
        CALLS.append([name, f"fails: {type(error).__name__}: {str(error)[:200]}"])
        return None


def note(name, of):
    """Remembers what came back; what did not, is in the calls."""
    try:
        FACTS[name] = of()
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        FACTS[name] = f"fails: {type(error).__name__}: {error}"


def main():
    import pymisp
    from pymisp import MISPAttribute, MISPEvent, MISPObject, MISPSighting, MISPTag, PyMISP

    if "--check" in sys.argv:
        return
    url = sys.argv[1]
    given = json.load(sys.stdin)
    note("client", lambda: pymisp.__version__)
    owner = attempt("PyMISP", lambda: PyMISP(url, given["owner"]))
    second = PyMISP(url, given["second"])
    reader = PyMISP(url, given["reader"])

    # What the server says of itself.
    note("version", lambda: attempt("version", lambda: owner.version))
    attempt("misp_instance_version", lambda: owner.misp_instance_version)
    attempt("recommended_pymisp_version", lambda: owner.recommended_pymisp_version)
    described = attempt("describe_types_remote", lambda: owner.describe_types_remote)
    note("types", lambda: len(described["types"]))

    # Events.
    event = MISPEvent()
    event.uuid = str(uuid.UUID("c7a1f1a6-2c0b-4a53-9d43-0a7d1d1f5f21"))
    event.info = "Filed with PyMISP"
    event.distribution = 1
    event.threat_level_id = 2
    event.analysis = 1
    event.set_date("2026-11-20")
    event.add_tag("tlp:amber")
    event.add_tag('rsit:fraud="phishing"')
    event.add_attribute("domain", "login-bank.example", to_ids=True)
    event.add_attribute("text", "as a colleague wrote")
    made = attempt("add_event", lambda: owner.add_event(event, pythonify=True))
    note("made", lambda: [made.uuid, made.info, made.published, sorted(each.value for each in made.attributes)])
    note("known again", lambda: owner.add_event(event)["errors"][0])
    note("exists", lambda: attempt("event_exists", lambda: owner.event_exists(event.uuid)))
    note("exists for the reader", lambda: reader.event_exists(event.uuid))
    attempt("get_event", lambda: owner.get_event(event.uuid, pythonify=True))
    attempt("get_event (deleted)", lambda: owner.get_event(event.uuid, deleted=True, pythonify=True))
    by_number = attempt("get_event (by number)", lambda: owner.get_event(made.id, pythonify=True))
    note("by number", lambda: by_number.uuid)
    made.info = "Filed and changed with PyMISP"
    changed = attempt("update_event", lambda: owner.update_event(made, pythonify=True))
    note("changed", lambda: [changed.info, len(changed.attributes)])
    attempt("update_event (metadata)", lambda: owner.update_event(made, metadata=True))
    note("events", lambda: [each.uuid for each in attempt("events", lambda: owner.events(pythonify=True))])

    # Attributes.
    attribute = MISPAttribute()
    attribute.from_dict(type="ip-dst", value="203.0.113.9", to_ids=True)
    added = attempt("add_attribute", lambda: owner.add_attribute(event.uuid, attribute, pythonify=True))
    many = [MISPAttribute(), MISPAttribute()]
    many[0].from_dict(type="domain", value="one.example")
    many[1].from_dict(type="domain", value="two.example")
    both = attempt("add_attribute (a list)", lambda: owner.add_attribute(event.uuid, many, pythonify=True))
    note("both", lambda: sorted(each.value for each in both["attributes"]))
    note("a second time", lambda: owner.add_attribute(event.uuid, attribute)["errors"][0])
    again = attempt(
        "add_attribute (break_on_duplicate=False)",
        lambda: owner.add_attribute(event.uuid, attribute, pythonify=True, break_on_duplicate=False),
    )
    note("the same again", lambda: again and again.uuid == added.uuid)
    note("attribute exists", lambda: attempt("attribute_exists", lambda: owner.attribute_exists(added.uuid)))
    attempt("get_attribute", lambda: owner.get_attribute(added.uuid, pythonify=True))
    added.comment = "Seen by us too"
    edited = attempt("update_attribute", lambda: owner.update_attribute(added, pythonify=True))
    note("comment", lambda: edited.comment)
    attempt("delete_attribute", lambda: owner.delete_attribute(both["attributes"][0]))
    attempt("delete_attribute (hard)", lambda: owner.delete_attribute(both["attributes"][1], hard=True))
    note("gone", lambda: owner.attribute_exists(both["attributes"][0].uuid))

    # Objects.
    thing = MISPObject("file")
    thing.add_attribute("filename", value="invoice.exe")
    thing.add_attribute("sha256", value="a" * 64)
    put = attempt("add_object", lambda: owner.add_object(event.uuid, thing, pythonify=True))
    note("object", lambda: [put.name, sorted(each.value for each in put.attributes)])
    note("object exists", lambda: attempt("object_exists", lambda: owner.object_exists(put.uuid)))
    attempt("get_object", lambda: owner.get_object(put.uuid, pythonify=True))
    put.comment = "From the mail"
    put.add_attribute("size-in-bytes", value="4096")
    reput = attempt("update_object", lambda: owner.update_object(put, pythonify=True))
    note("object changed", lambda: reput and [reput.comment, len(reput.attributes)])
    other = MISPObject("domain-ip")
    other.add_attribute("domain", value="other.example")
    other.add_attribute("ip", value="203.0.113.10")
    gone = owner.add_object(event.uuid, other, pythonify=True)
    attempt("delete_object", lambda: owner.delete_object(gone))
    note("objects", lambda: [each.name for each in owner.get_event(event.uuid, pythonify=True).objects])

    # Reports and proposals.
    report = pymisp.MISPEventReport()
    report.from_dict(name="Analysis", content="# Seen\nHere too.")
    attempt("add_event_report", lambda: owner.add_event_report(event.uuid, report, pythonify=True))
    note("proposals", lambda: attempt("attribute_proposals", lambda: owner.attribute_proposals()))
    note("proposals of it", lambda: attempt("attribute_proposals (of an event)", lambda: owner.attribute_proposals(event.uuid)))

    # Tags.
    attempt("tag", lambda: owner.tag(event.uuid, 'campaign:name="lotus"'))
    attempt("tag (an attribute)", lambda: owner.tag(added.uuid, 'campaign:name="rose"'))
    tagged = owner.get_event(event.uuid, pythonify=True)
    note("tags", lambda: sorted(each.name for each in tagged.tags))
    attempt("untag", lambda: owner.untag(event.uuid, 'campaign:name="lotus"'))
    note("tags after", lambda: sorted(each.name for each in owner.get_event(event.uuid, pythonify=True).tags))
    note("known tags", lambda: len(attempt("tags", lambda: owner.tags(pythonify=True))))
    wanted = MISPTag()
    wanted.from_dict(name="anything:goes", colour="#000000")
    attempt("add_tag", lambda: owner.add_tag(wanted, pythonify=True))
    note("tags found", lambda: [each.name for each in attempt("search_tags", lambda: owner.search_tags("tlp:%", pythonify=True))])

    # Publishing: a second person is not asked for at AMBER.
    groups = attempt("sharing_groups", lambda: owner.sharing_groups(pythonify=True))
    note("groups", lambda: [each.name for each in groups])
    got = attempt("get_sharing_group", lambda: owner.get_sharing_group(groups[0], pythonify=True))
    note("group", lambda: got and got.name)
    note("group exists", lambda: attempt("sharing_group_exists", lambda: owner.sharing_group_exists(groups[0])))
    event = owner.get_event(event.uuid, pythonify=True)
    event.distribution = 4
    event.sharing_group_id = groups[0].id
    owner.update_event(event)
    said = attempt("publish", lambda: owner.publish(event.uuid))
    note("published", lambda: said and said.get("published"))
    note("read", lambda: reader.event_exists(event.uuid))
    attempt("publish (alert)", lambda: owner.publish(event.uuid, alert=True))
    note("waits", lambda: wait_for_second(owner, second, MISPEvent))

    # Sightings, of a reader.
    seen = MISPSighting()
    seen.from_dict(type="0", source="Gateway")
    sighted = attempt("add_sighting", lambda: reader.add_sighting(seen, added, pythonify=True))
    note("sighted", lambda: sighted and sighted.source)
    values = MISPSighting()
    values.from_dict(values=["login-bank.example"], type="1", source="Proxy")
    attempt("add_sighting (of values)", lambda: reader.add_sighting(values))
    event = owner.get_event(event.uuid, pythonify=True)
    its = attempt("sightings", lambda: owner.sightings(event, pythonify=True))
    note("sightings", lambda: sorted(each.source for each in its))
    of_it = attempt(
        "sightings (of an attribute)",
        lambda: owner.sightings(owner.get_attribute(added.uuid, pythonify=True), pythonify=True),
    )
    note("sightings of it", lambda: of_it and [each.source for each in of_it])
    attempt("search_sightings", lambda: owner.search_sightings(context="event", context_id=event.uuid))
    attempt(
        "search_sightings (of an attribute)",
        lambda: owner.search_sightings(context="attribute", context_id=added.uuid),
    )

    # Searches.
    def found(name, **filters):
        hits = attempt(name, lambda: owner.search(pythonify=True, **filters))
        FACTS[name] = [each.uuid == event.uuid for each in hits] if isinstance(hits, list) else hits

    found("search (value)", value="login-bank.example")
    found("search (type_attribute)", type_attribute="domain", eventinfo="PyMISP")
    found("search (tags)", tags=['rsit:fraud="phishing"'])
    found("search (tags, not)", tags=['!rsit:fraud="phishing"'], eventinfo="PyMISP")
    found("search (build_complex_query)", tags=owner.build_complex_query(or_parameters=['campaign:name="rose"', "tlp:amber"]), eventinfo="PyMISP")
    found("search (eventinfo)", eventinfo="changed with PyMISP")
    found("search (uuid)", uuid=event.uuid)
    found("search (eventid)", eventid=event.id)
    found("search (date_from, date_to)", date_from="2026-11-20", date_to="2026-11-20", eventinfo="PyMISP")
    found("search (timestamp)", timestamp="10d", eventinfo="PyMISP")
    found("search (publish_timestamp)", publish_timestamp="10d", eventinfo="PyMISP")
    found("search (published)", published=True, eventinfo="PyMISP")
    found("search (metadata)", metadata=True, eventinfo="PyMISP")
    found("search (to_ids)", to_ids=1, eventinfo="PyMISP")
    found("search (object_name)", object_name="file")
    found("search (quick_filter)", quick_filter="%login-bank%")
    found("search (limit, page)", limit=1, page=1, eventinfo="PyMISP")
    attributes = attempt("search (attributes)", lambda: owner.search("attributes", value="203.0.113.9", pythonify=True))
    note("attributes", lambda: [each.value for each in attributes])
    csv = attempt("search (attributes, csv)", lambda: owner.search("attributes", return_format="csv", type_attribute="ip-dst", pythonify=True))
    note("csv", lambda: [each["value"] for each in csv])
    text = attempt("search (attributes, text)", lambda: owner.search("attributes", return_format="text", type_attribute="ip-dst"))
    note("text", lambda: text)
    stix = attempt("search (stix2)", lambda: owner.search(return_format="stix2", uuid=event.uuid))
    stix = json.loads(stix) if isinstance(stix, str) else stix
    note("stix2", lambda: stix and sorted({each["type"] for each in stix.get("objects", [])}))
    index = attempt("search_index", lambda: owner.search_index(eventinfo="PyMISP", published=True, pythonify=True))
    note("index", lambda: [each.uuid == event.uuid for each in index])
    index = attempt("search_index (attribute, date_from)", lambda: owner.search_index(attribute="203.0.113.9", date_from="2026-11-19", pythonify=True))
    note("index by attribute", lambda: [each.uuid == event.uuid for each in index] if isinstance(index, list) else index)
    attempt("search (objects)", lambda: owner.search("objects", object_name="file", pythonify=True))

    # Text and STIX.
    free = attempt("freetext", lambda: owner.freetext(event, "hxxp://three[.]example/in and 203.0.113.77", pythonify=True))
    note("freetext", lambda: sorted([each.type, each.value] for each in free) if isinstance(free, list) else free)
    uploaded = attempt("upload_stix", lambda: owner.upload_stix(data=json.dumps(given["bundle"]).encode()).json())
    note("upload_stix", lambda: uploaded)

    # Who there is.
    attempt("get_user", lambda: owner.get_user(pythonify=True))
    note("users", lambda: sorted(each.email for each in attempt("users", lambda: owner.users(pythonify=True))))
    organisations = attempt("organisations", lambda: owner.organisations(pythonify=True))
    note("organisations", lambda: len(organisations))
    one = attempt("get_organisation", lambda: owner.get_organisation(given["organisation"], pythonify=True))
    note("organisation", lambda: one and one.name)
    note("organisation exists", lambda: attempt("organisation_exists", lambda: owner.organisation_exists(given["organisation"])))
    attempt("roles", lambda: owner.roles(pythonify=True))
    attempt("taxonomies", lambda: owner.taxonomies(pythonify=True))
    attempt("warninglists", lambda: owner.warninglists(pythonify=True))
    note("warned", lambda: list(attempt("values_in_warninglist", lambda: owner.values_in_warninglist(["10.0.0.1", "shop.example"]))))
    attempt("galaxies", lambda: owner.galaxies(pythonify=True))
    attempt("feeds", lambda: owner.feeds(pythonify=True))
    attempt("servers", lambda: owner.servers(pythonify=True))
    shared = pymisp.MISPSharingGroup()
    shared.from_dict(name="Made with PyMISP", releasability="Phishing that hits several members")
    attempt("add_sharing_group", lambda: second.add_sharing_group(shared))

    # Not here.
    attempt("enrich_event", lambda: owner.enrich_event(event.uuid, "dns"))
    attempt("contact_event_reporter", lambda: owner.contact_event_reporter(event.uuid, "Hello"))
    attempt("add_attribute_proposal", lambda: owner.add_attribute_proposal(event.uuid, attribute))
    attempt("restore_attribute", lambda: owner.restore_attribute(both["attributes"][0]))
    attempt("add_user", lambda: owner.add_user({"email": "x@y.example", "org_id": "1", "role_id": "1"}))

    # And back.
    attempt("unpublish", lambda: owner.unpublish(event.uuid))
    note("read after", lambda: reader.event_exists(event.uuid))
    attempt("delete_event", lambda: owner.delete_event(event.uuid))
    json.dump({"calls": CALLS, "facts": FACTS}, sys.stdout)


def wait_for_second(owner, second, MISPEvent):
    """GREEN needs a second person: the first is told so, and another of the organisation publishes it too."""
    event = MISPEvent()
    event.info = "For the community"
    event.distribution = 1
    event.add_tag("tlp:green")
    made = owner.add_event(event, pythonify=True)
    first = called("publish (waits for a second person)", owner.publish(made))
    then = called("publish (as the second person)", second.publish(made))
    return [first.get("published"), then.get("published")]


if __name__ == "__main__":
    main()
