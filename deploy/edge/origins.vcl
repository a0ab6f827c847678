# More than one origin, in place of origin.vcl: edge.vcl includes this file instead. All of them serve the same bytes
# (docs/edge.md); whichever does not answer is passed over, at once, and left out until it is ready again.
import directors;

probe ready {
  .url = "/readyz";
  .interval = 1s;
  .timeout = 1s;
  .window = 3;
  .threshold = 2;
  .initial = 2;
}

# The server that packages the programs.
backend origin_a {
  .host = "127.0.0.1";
  .port = "8080";
  .connect_timeout = 1s;
  .first_byte_timeout = 10s;
  .between_bytes_timeout = 5s;
  .max_connections = 2000;
  .probe = ready;
}

# An origin process.
backend origin_b {
  .host = "127.0.0.1";
  .port = "8081";
  .connect_timeout = 1s;
  .first_byte_timeout = 10s;
  .between_bytes_timeout = 5s;
  .max_connections = 2000;
  .probe = ready;
}

sub vcl_init {
  new origins = directors.round_robin();
  origins.add_backend(origin_a);
  origins.add_backend(origin_b);
}

sub vcl_backend_fetch {
  set bereq.backend = origins.backend();
}

sub vcl_backend_response {
  # One may be some milliseconds behind the one whose playlist named this.
  if (beresp.status == 404 && bereq.retries == 0) {
    return (retry);
  }
}

sub vcl_backend_error {
  if (bereq.retries < 2) {
    return (retry);
  }
}
