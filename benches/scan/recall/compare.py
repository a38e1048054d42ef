"""Compares what a scan predicts with what a browser recorded: recall and precision.

    compare.py RECORDING SCAN FRONT      a recording as JSON Lines, a scan as JSON, and the folder that was scanned

A recorded connection is an API and a URL without its query. It is first-party if its host is the page's. It is predicted
if a prediction of the same API fits: what is unknown in one stands for any text, and what is known has letters or digits
in front of the query. A prediction without them is wholly dynamic: it fits everything, and predicts nothing.
"""

import collections
import json
import re
import sys
from pathlib import Path
from urllib.parse import urljoin, urlsplit

HOLE = "hole0hole"


class Prediction:
    def __init__(self, found, page):
        self.api = found["api"]
        self.url = found["url"]
        place = found["generated"] or found["place"]
        self.place = (place["file"], place["line"], place["column"])
        text = ""
        self.known = 0
        for part in found["parts"]:
            if "?" in text:
                break
            if "text" in part:
                text += part["text"]
                self.known += len(re.findall(r"\w", part["text"].split("?")[0]))
            elif "page" in part:
                text += of_page(part["page"], page)
            else:
                text += HOLE
        text = text.split("?")[0].split("#")[0]
        base = page.replace("http", "ws", 1) if self.api == "websocket" and not text.startswith(("ws", HOLE)) else page
        if not text.startswith(HOLE):
            text = urljoin(base, text)
        # An empty port leaves its colon.
        self.pattern = re.compile(".*".join(re.escape(part) for part in text.split(HOLE)).replace(":/", ":?/"))

    def fits(self, api, url):
        return api == self.api and bool(self.known) and bool(self.pattern.fullmatch(url))


def of_page(part, page):
    url = urlsplit(page)
    return {
        "href": page,
        "origin": f"{url.scheme}://{url.netloc}",
        "web-socket-origin": f"{url.scheme.replace('http', 'ws')}://{url.netloc}",
        "protocol": url.scheme + ":",
        "web-socket-protocol": url.scheme.replace("http", "ws") + ":",
        "host": url.netloc,
        "hostname": url.hostname,
        "port": str(url.port or ""),
        "pathname": url.path,
    }[part]


class Scripts:
    """The scripts of the front end, to see which of their calls ran."""

    def __init__(self, front, places):
        self.front = Path(front)
        self.places = collections.defaultdict(list)
        for file, line, column in places:
            self.places[Path(file).name, line].append((column, file))
        self.lines = {}

    def line(self, file, number):
        if file not in self.lines:
            self.lines[file] = Path(file).read_text(errors="replace").split("\n")
        return self.lines[file][number - 1]

    def ran(self, frame):
        """The place of a prediction to which a frame of a stack belongs: the call that the frame is in."""
        name = urlsplit(frame["url"]).path.rsplit("/", 1)[-1]
        before = [place for place in self.places[name, frame["line"]] if place[0] <= frame["column"]]
        if not before:
            return None
        column, file = max(before)
        between = self.line(file, frame["line"])[column - 1 : frame["column"] - 1]
        return None if re.search(r"[;{}]|,\w+=", between) else (file, frame["line"], column)


def main(recording, scan, front):
    records = [json.loads(line) for line in Path(recording).read_text().splitlines()]
    page = records[0]["page"]
    predictions = [Prediction(found, page) for found in json.loads(Path(scan).read_text())["connections"]]
    telling = [prediction for prediction in predictions if prediction.known]
    recorded = collections.defaultdict(list)
    for record in records:
        recorded[record["api"], record["url"].split("?")[0].split("#")[0]].append(record)
    own = {key: found for key, found in recorded.items() if urlsplit(key[1]).netloc == urlsplit(page).netloc}
    print(f"recorded: {len(records)} connections, {len(recorded)} of them distinct, {len(own)} first-party")
    print(f"predicted: {len(predictions)}, {len(telling)} of them with a known part")

    missed = []
    confirmed = set()
    for (api, url) in sorted(recorded):
        fitting = [prediction for prediction in telling if prediction.fits(api, url)]
        confirmed.update(map(id, fitting))
        is_own = (api, url) in own
        best = max(fitting, key=lambda prediction: prediction.known, default=None)
        print(f"  {'' if is_own else 'third-party '}{api} {urlsplit(url).path if is_own else url} <- {best.url if best else 'MISSED'}")
        if is_own and not best:
            missed.append((api, url))
    found = len(own) - len(missed)
    print(f"recall: {found} of {len(own)} first-party connections, {100 * found / len(own):.0f} %")
    print(f"confirmed: {len(confirmed)} of {len(telling)} predictions with a known part, {100 * len(confirmed) / len(telling):.0f} %: the rest did not run, or is wrong")

    scripts = Scripts(front, {prediction.place for prediction in predictions})
    ran = collections.defaultdict(set)
    for (api, url), connections in recorded.items():
        for connection in connections:
            for frame in [connection.get("initiator") or {}] + (connection.get("stack") or []):
                place = scripts.ran(frame) if frame.get("url") and frame.get("line") else None
                if place:
                    ran[place].add((api, url))
    at_place = collections.defaultdict(list)
    for prediction in predictions:
        at_place[prediction.place].append(prediction)
    right = tried = places = 0
    for place, connections in sorted(ran.items()):
        told = [prediction for prediction in at_place[place] if prediction.known]
        fits = [prediction for prediction in told if any(prediction.fits(*connection) for connection in connections)]
        tried += len(told)
        right += len(fits)
        places += any(any(prediction.fits(*connection) for prediction in told) for connection in connections)
        if not fits:
            names = " | ".join(prediction.url for prediction in at_place[place][:4])
            print(f"  at {Path(place[0]).name}:{place[1]}:{place[2]}: {names}, but {sorted(connections)[0]}")
    print(f"precision where code ran: at {places} of {len(ran)} places a prediction with a known part fits, {100 * places / max(len(ran), 1):.0f} %;"
          f" {right} of {tried} such predictions there do, {100 * right / max(tried, 1):.0f} %")


main(*sys.argv[1:])
