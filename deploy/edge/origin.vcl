# Where Rostrum listens, as this edge reaches it. The one file to change.
backend origin {
  .host = "127.0.0.1";
  .port = "8080";
  .connect_timeout = 1s;
  # The origin holds a request for at most three target durations (6 s).
  .first_byte_timeout = 10s;
  .between_bytes_timeout = 5s;
  .max_connections = 2000;
}
