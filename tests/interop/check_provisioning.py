"""The provisioning calls of docs/administration.md: from a company's key to a request that a user gets."""

import json

from backend import Backend
from check_device import enrolled
from tally import equal, expect


def run(tally, demo):
    check = tally.check
    company, base_url = demo["company"], demo["baseUrl"]
    key = Backend(base_url, company["guid"], company["key"])
    companies = "/admin/api/companies"

    def create(path, fields, **more):
        """What was made: the last segment of `Location`."""
        reply = key.send("POST", path, json.dumps(fields).encode(), **more)
        guid = expect(reply, 201)["guid"]
        equal(reply.headers["Location"], f"{base_url}{path.removesuffix('/new')}/{guid}")
        return guid

    with check("a company's key makes a company, an App Space and a Request Origin, and each is found again"):
        child = create(f"{companies}/new", {"name": "ACME Nordic"})
        app_spaces = f"{companies}/{child}/appSpaces"
        brand = {"url": "https://acme.example/logo.png", "color": "#1a2b3c"}
        body = {"idpType": "simple", "name": "Nordic Bank", "brandInfo": brand, "useUniversalApp": False}
        app_space = f"{app_spaces}/{create(app_spaces + '/new', body)}"
        settings = expect(key.send("GET", app_space), 200)["settings"]
        equal((settings["brandInfo"], settings["useUniversalApp"]), (brand, False))
        guid = create(f"{app_space}/requestOrigins/new", {"name": "Shop"})
        origin = f"{app_space}/requestOrigins/{guid}"
        listed = expect(key.send("GET", f"{app_space}/requestOrigins"), 200)["items"]
        equal([(one["guid"], one["active"]) for one in listed], [(guid, False)])
    with check("a provisioned Request Origin asks its users with the key that was shown"):
        secret = expect(key.call("POST", f"{origin}/keyManagement", {"keyType": "hmac"}), 200)["key"]
        rule = {"callbackUrl": "shop.example/api/{*}/callback"}
        equal(expect(key.call("POST", f"{origin}/callbacks/new", rule), 201), rule | {"type": "result"})
        shop = Backend(base_url, guid, secret)
        device = enrolled(shop, "nora@example.com")
        callback = "https://shop.example/api/v1/callback"
        asked = expect(shop.ask("nora@example.com", "Pay 120 \u20ac?", callback=callback), 201)
        equal([one["guid"] for one in expect(device.open_challenges(), 200)["challenges"]], [asked["guid"]])
    with check("another key type makes the former key worthless"):
        expect(key.call("POST", f"{origin}/keyManagement", {"keyType": "basic"}), 200)
        expect(shop.ask("nora@example.com", "Once more?"), 401, "unauthorized")
    with check("the key of the company that was made reaches neither its parent nor more companies"):
        expect(key.call("POST", f"{companies}/{child}/keyManagement", {}), 200)
        own = Backend(base_url, child, "wrong")
        expect(own.send("GET", f"{companies}/{child}"), 401, "unauthorized")
        made = expect(key.call("POST", f"{companies}/{child}/keyManagement", {}), 200)["key"]
        own = Backend(base_url, child, made)
        equal(expect(own.send("GET", f"{companies}/{child}"), 200)["name"], "ACME Nordic")
        expect(own.send("GET", f"{companies}/{company['guid']}"), 404, "not_found")
        expect(own.call("POST", f"{companies}/new", {"name": "Grandchild"}), 403, "forbidden")
