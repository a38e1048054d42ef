"""Times pages of the dashboard and of the API: pages.py ADMIN_ADDRESS TOKEN HOST TIMES"""

import http.client
import json
import statistics
import sys
import time

address, token, host, times = sys.argv[1:]
PATHS = [
    f"/api/v1/overview?site={host}&route=/",
    "/api/v1/groups?limit=50",
    "/api/v1/groups?limit=50&sort=last-seen",
    "/api/v1/connections?limit=50",
    f"/api/v1/suggestion?site={host}&route=/",
    "/api/v1/status",
    "/metrics",
]


def answer(path):
    admin.request("GET", path, headers={"authorization": f"Bearer {token}"})
    response = admin.getresponse()
    body = response.read()
    if response.status != 200:
        sys.exit(f"{path} was answered with {response.status}: {body.decode()}")
    return body


def milliseconds(path):
    began = time.perf_counter()
    answer(path)
    return (time.perf_counter() - began) * 1000


admin = http.client.HTTPConnection(address)
first = json.loads(answer("/api/v1/groups?limit=1"))["items"][0]["id"]
for path in [*PATHS, f"/api/v1/groups/{first}"]:
    took = [milliseconds(path) for _ in range(int(times))]
    print(f"| `{path}` | {statistics.median(took):.1f} ms | {max(took):.1f} ms |", flush=True)
