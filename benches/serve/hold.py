"""Opens connections, has each of them served once, and holds them: hold.py ADDRESS HOST COUNT"""

import resource
import socket
import sys
import time

address, host, count = sys.argv[1:]
name, port = address.split(":")
resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
request = f"GET /1k HTTP/1.1\r\nhost: {host}\r\n\r\n".encode()
held = []
for _ in range(int(count)):
    connection = socket.create_connection((name, int(port)))
    connection.sendall(request)
    held.append(connection)
for connection in held:
    received = b""
    while b"\r\n\r\n" not in received or len(received.split(b"\r\n\r\n", 1)[1]) < 1024:
        piece = connection.recv(65536)
        if not piece:
            sys.exit("the server closed a connection")
        received += piece
print("held", flush=True)
time.sleep(600)
