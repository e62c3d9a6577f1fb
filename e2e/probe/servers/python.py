import http.server
import socketserver
import threading


class Echo(socketserver.StreamRequestHandler):
    def handle(self):
        self.wfile.write(b"hello\n")
        for line in self.rfile:
            self.wfile.write(line)


class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()


one_at_a_time = socketserver.TCPServer(("", 7011), Echo)
threads = socketserver.ThreadingTCPServer(("", 7012), Echo)
web = http.server.ThreadingHTTPServer(("", 7013), Answer)
for server in (one_at_a_time, threads, web):
    threading.Thread(target=server.serve_forever).start()
