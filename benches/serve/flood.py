"""Has a server store many reports, as fast as it can, and tells what memory it has.

flood.py ADDRESS ADMIN_ADDRESS HOST PROCESS REPORTS GROUPS

Posts are those of the Reporting API, in turn one of 250 reports, as relays send them, and five of one report each. First all
groups come in turn; from then on they do in a tenth of the reports, and the rest is about one group in a hundred, as it is
where many people visit the same pages.

As many reports are under way as the server takes: more and more until it sheds some, then fewer. What it sheds is posted
anew, so that as many are stored as were asked for. In the end it is checked that each report that was posted is either
stored or counted as shed.
"""

import http.client
import re
import sys
import time

address, admin_address, host, process, reports, groups = sys.argv[1:]
reports, groups = int(reports), int(groups)
OF_A_POST = [250, 1, 1, 1, 1, 1]
# How many reports are under way at first.
WINDOW = 6_000
CHROMIUM = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36"
)


def policy_of_page(server):
    server.request("GET", "/1k", headers={"host": host})
    response = server.getresponse()
    response.read()
    policies = response.headers.get_all("content-security-policy-report-only")
    return next(policy for policy in policies if "api.example.com" in policy)


def report(group, policy):
    page = f"https://app.example.com/page/{group * 7 % 997:03}"
    return (
        f'{{"age":{group % 60000},"body":{{"blockedURL":"https://b{group:06}.tracker.example.net/v1/{group % 7}",'
        f'"columnNumber":{group % 80 + 1},"disposition":"report","documentURL":"{page}",'
        f'"effectiveDirective":"connect-src","lineNumber":{group % 900 + 1},"originalPolicy":"{policy}",'
        f'"referrer":"https://app.example.com/","sample":"",'
        f'"sourceFile":"https://app.example.com/static/js/main.{group % 16:04x}.js","statusCode":200}},'
        f'"type":"csp-violation","url":"{page}","user_agent":"{CHROMIUM}"}}'
    )


def turn(index, groups):
    """The group of a report."""
    if index < groups or index % 10 == 0:
        return index // (1 if index < groups else 10) % groups
    return index * 7919 % max(groups // 100, 1)


def memory(field):
    with open(f"/proc/{process}/status") as status:
        return int(re.search(rf"^{field}:\s+(\d+)", status.read(), re.MULTILINE)[1]) / 1024


def row(name):
    print(f"| {name} | {memory('VmRSS'):.1f} | {memory('RssFile'):.1f} | {memory('VmHWM'):.1f} |", flush=True)


def ticks():
    with open(f"/proc/{process}/stat") as stat:
        fields = stat.read().rsplit(") ", 1)[1].split()
    return int(fields[11]) + int(fields[12])


def counted(admin, name):
    admin.request("GET", "/metrics")
    text = admin.getresponse().read().decode()
    return sum(int(count) for count in re.findall(rf"^connect_src_{name}_total\S* (\d+)", text, re.MULTILINE))


class Window:
    """How many reports may be under way: a tenth more each time that it was full and nothing was shed, else a third less."""

    def __init__(self, admin):
        self.admin, self.size, self.stored, self.shed = admin, WINDOW, 0, 0

    def look(self):
        shed = counted(self.admin, "shed_reports")
        self.stored, before, self.shed = counted(self.admin, "reports"), self.shed, shed
        return shed > before

    def wait(self, posted):
        """Until so many that were posted are few enough."""
        has_shed = self.look()
        while posted - self.stored - self.shed > self.size:
            time.sleep(0.02)
            has_shed |= self.look()
        self.size = self.size * 2 // 3 if has_shed else self.size * 11 // 10


def main():
    server, admin = http.client.HTTPConnection(address), http.client.HTTPConnection(admin_address)
    policy = policy_of_page(server)
    path = re.search(r"report-uri ([^; ]+)", policy)[1]
    texts = [report(group, policy) for group in range(groups)]
    headers = {"host": host, "content-type": "application/reports+json", "user-agent": CHROMIUM}
    posted = posts = told = 0
    step = max(reports // 10, 1)
    window = Window(admin)
    began, ticks_before = time.monotonic(), ticks()
    while window.stored < reports:
        size = OF_A_POST[posts % len(OF_A_POST)]
        posts += 1
        body = "[" + ",".join(texts[turn(posted + index, groups)] for index in range(size)) + "]"
        if posted + size - window.stored - window.shed > window.size:
            window.wait(posted + size)
        server.request("POST", path, body, headers)
        response = server.getresponse()
        response.read()
        if response.status != 204:
            sys.exit(f"a post was answered with {response.status}")
        posted += size
        if window.stored // step > told:
            told = window.stored // step
            row(f"{window.stored:,} reports")
    while window.stored + window.shed < posted:
        time.sleep(0.1)
        window.look()
    took = time.monotonic() - began
    cpu = (ticks() - ticks_before) / 100 / window.stored * 1e6
    if window.stored + window.shed != posted:
        sys.exit(f"{posted} reports were posted, {window.stored} are stored and {window.shed} were shed")
    name = (
        f"{posted:,} reports in {posts:,} posts and {took:.0f} s: {window.stored:,} stored and {window.shed:,} shed, "
        f"{cpu:.1f} µs of CPU for each that is stored"
    )
    row(name)


main()
