# More than one origin, in place of origin.vcl: edge.vcl includes this file instead. All of them serve the same bytes
# (docs/edge.md). Each address has its origin, so that a retry is always another one's.
import directors;

# The server can be without a recorder and serve its programs all the same.
probe alive {
  .url = "/healthz";
  .interval = 500ms;
  .timeout = 500ms;
  .window = 3;
  .threshold = 2;
  .initial = 2;
}

# An origin process is ready while it is in step with the server.
probe ready {
  .url = "/readyz";
  .interval = 500ms;
  .timeout = 500ms;
  .window = 3;
  .threshold = 2;
  .initial = 2;
}

# The server that packages the programs.
backend origin_a {
  .host = "127.0.0.1";
  .port = "8080";
  .connect_timeout = 1s;
  # Longer than a request is held while the program goes on; then another one is asked.
  .first_byte_timeout = 1.5s;
  .between_bytes_timeout = 1.5s;
  .max_connections = 2000;
  .probe = alive;
}

# An origin process.
backend origin_b {
  .host = "127.0.0.1";
  .port = "8081";
  .connect_timeout = 1s;
  .first_byte_timeout = 1.5s;
  .between_bytes_timeout = 1.5s;
  .max_connections = 2000;
  .probe = ready;
}

sub vcl_init {
  new origins = directors.shard();
  origins.add_backend(origin_a);
  origins.add_backend(origin_b);
  origins.reconfigure();
}

sub vcl_backend_fetch {
  set bereq.backend = origins.backend(by=URL, alt=bereq.retries);
}

sub vcl_backend_response {
  # 404: one may be some milliseconds behind the one whose playlist named this. 503: one may have lost its feed.
  if ((beresp.status == 404 || beresp.status == 503) && bereq.retries == 0) {
    return (retry);
  }
}

sub vcl_backend_error {
  if (bereq.retries < 2) {
    return (retry);
  }
}
