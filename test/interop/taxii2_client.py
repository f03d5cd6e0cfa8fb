"""What an unmodified taxii2-client (v21) makes of a running server.

Arguments: the discovery URL, an API key, the collection to read, an API root where it is not the default one. Standard input: an envelope to send in. Standard output:
what was found, as JSON. `--check` only says whether the library is here.
"""

import json
import sys
import warnings

warnings.filterwarnings("ignore")


def main():
    from taxii2client.v21 import Collection, Server, Status, as_pages

    if "--check" in sys.argv:
        return
    url, key, readable = sys.argv[1:4]
    envelope = json.load(sys.stdin)
    server = Server(url, user="taxii2-client", password=key)
    wanted = sys.argv[4] if len(sys.argv) > 4 else server.default.url
    root = next(each for each in server.api_roots if each.url == wanted)
    found = {
        "title": server.title,
        "roots": [each.url for each in server.api_roots],
        "root": root.title,
        "versions": root.versions,
        "collections": {each.title: each.id for each in root.collections},
    }
    collection = next(each for each in root.collections if each.id == readable)
    found["canWrite"] = collection.can_write
    pages = list(as_pages(collection.get_objects, per_request=5))
    found["pages"] = len(pages)
    objects = [each for page in pages for each in page.get("objects", [])]
    found["objects"] = [each["id"] for each in objects]
    found["manifest"] = [
        each["id"] for page in as_pages(collection.get_manifest, per_request=7) for each in page["objects"]
    ]
    incident = next(each["id"] for each in objects if each["type"] == "incident")
    found["incident"] = collection.get_object(incident)["objects"]
    found["versions of it"] = collection.object_versions(incident)["versions"]
    found["filtered"] = [each["id"] for each in collection.get_objects(type="incident")["objects"]]

    inbox = next(each for each in root.collections if each.can_write)
    status = inbox.add_objects(envelope)
    found["status"] = {"status": status.status, "successes": status.success_count, "failures": status.failure_count}
    again = Status(root.url + "status/" + status.id + "/", user="taxii2-client", password=key)
    found["status again"] = again.success_count
    direct = Collection(root.url + "collections/" + inbox.id + "/", user="taxii2-client", password=key)
    found["sent"] = [each for page in as_pages(direct.get_objects, per_request=100) for each in page["objects"]]
    first = envelope["objects"][0]["id"]
    direct.delete_object(first)
    found["left"] = [each["id"] for page in as_pages(direct.get_manifest, per_request=100) for each in page["objects"]]
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
