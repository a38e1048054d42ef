"""Times starts: start.py BINARY CONFIG DATABASE HOST ADMIN_PORT PORT STARTS FILLED_DATABASE"""

import os
import shutil
import socket
import statistics
import subprocess
import sys
import time

binary, config, database, host, admin, public, starts, filled = sys.argv[1:]


def is_answered(port, path):
    # The administration answers to its own names only.
    asked = host if port == public else "localhost"
    try:
        with socket.create_connection(("127.0.0.1", int(port))) as connection:
            request = f"GET {path} HTTP/1.1\r\nhost: {asked}\r\nconnection: close\r\n\r\n"
            connection.sendall(request.encode())
            return connection.recv(64).startswith(b"HTTP/1.1 200")
    except OSError:
        return False


def one_start(port, path):
    """Milliseconds."""
    began = time.perf_counter()
    server = subprocess.Popen([binary, "serve", "--config", config], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while not is_answered(port, path):
        if server.poll() is not None or time.perf_counter() - began > 60:
            sys.exit("the server does not start")
        time.sleep(0.0005)
    took = time.perf_counter() - began
    server.terminate()
    server.wait()
    return took * 1000


def remove():
    for end in ("", "-wal", "-shm", ".lock"):
        if os.path.exists(database + end):
            os.remove(database + end)


def row(name, is_new):
    for what, port, path in (("/healthz", admin, "/healthz"), ("the application", public, "/1k")):
        took = []
        for _ in range(int(starts)):
            if is_new:
                remove()
            took.append(one_start(port, path))
        print(f"| {name} | {what} | {statistics.median(took):.0f} ms | {min(took):.0f}–{max(took):.0f} ms |", flush=True)


row("none yet", True)
row("empty", False)
if filled:
    remove()
    shutil.copy(filled, database)
    row(f"filled, {os.path.getsize(database) >> 20} MiB", False)
