# Rostrum's edge: everything below /hls/ and nothing else. Included by edge.vcl, which names the origin; tests and
# benches include this same file. How it is run, and why it is like this: docs/edge.md and docs/decisions/.
#
# - The cache key is the path and the sorted delivery directives. Host, cookies, tokens and every other query argument
#   are no part of it.
# - Requests for the same key wait for one fetch: Varnish does so by itself, in memory, without polling.
# - Nothing is ever served beyond its time: there is no grace.
# - A request with a playback token is admitted first: the origin is asked once per token, the verdict is cached, and
#   what admitted requests fetch is kept apart from what requests without a token can reach.

import std;
import cookie;

sub vcl_recv {
  if (req.restarts > 0) {
    # Only admission restarts (vcl_deliver): target and stage are set.
    std.log("target:" + req.url);
    return (hash);
  }
  unset req.http.Rostrum-Stage;
  unset req.http.Rostrum-Target;
  unset req.http.Rostrum-Token;
  unset req.http.Rostrum-Carrier;
  if (req.url !~ "^/hls/") {
    return (synth(404));
  }
  if (req.method == "OPTIONS") {
    return (synth(204));
  }
  if (req.method != "GET" && req.method != "HEAD") {
    return (synth(405));
  }
  call hls_take_token;
  call hls_normalise_target;
  unset req.http.Cookie;
  unset req.http.Authorization;
  # For access logs: the only form of the address that holds no token.
  std.log("target:" + req.url);
  if (req.http.Rostrum-Token) {
    call hls_ask;
  }
  return (hash);
}

# The token is the first element of the path, or a cookie. In the path it is an error when it cannot be one; a cookie
# may belong to somebody else.
sub hls_take_token {
  if (req.url ~ "^/hls/t/") {
    if (req.url !~ "^/hls/t/[A-Za-z0-9_-]{1,100}\.[A-Za-z0-9_-]{1,800}\.[A-Za-z0-9_-]{1,100}/[A-Za-z0-9_-]{1,64}/") {
      return (synth(401));
    }
    set req.http.Rostrum-Token = regsub(req.url, "^/hls/t/([^/]+)/.*$", "\1");
    set req.http.Rostrum-Carrier = "path";
    set req.url = regsub(req.url, "^/hls/t/[^/]+/", "/hls/");
  } else if (req.http.Cookie && req.url ~ "^/hls/[A-Za-z0-9_-]{1,64}/") {
    cookie.parse(req.http.Cookie);
    set req.http.Rostrum-Token = cookie.get("rostrum-playback");
    set req.http.Rostrum-Carrier = "cookie";
    if (req.http.Rostrum-Token !~ "^[A-Za-z0-9_-]{1,100}\.[A-Za-z0-9_-]{1,800}\.[A-Za-z0-9_-]{1,100}$") {
      unset req.http.Rostrum-Token;
      unset req.http.Rostrum-Carrier;
    }
  }
}

# Media playlists keep _HLS_msn, _HLS_part and _HLS_skip in that order, repeated ones included: what is wrong with them is
# the origin's to say. Everything else has no query at all.
sub hls_normalise_target {
  if (req.url ~ "^[^?]*/(?:media|iframes)\.m3u8\?") {
    set req.url = regsub(req.url, "\?", "?&");
    set req.url = regsuball(req.url, "&(?!_HLS_(?:msn|part|skip)=)[^&]*", "");
    set req.url = regsub(req.url, "\?&", "?");
    set req.url = regsub(req.url, "\?$", "");
    set req.url = std.querysort(req.url);
  } else {
    set req.url = regsub(req.url, "\?.*$", "");
  }
}

# One small question per token and webinar, in place of the request; vcl_deliver goes on with the request itself.
sub hls_ask {
  set req.http.Rostrum-Target = req.url;
  set req.url = regsub(req.url, "^/hls/([^/?]+)/.*$", "/hls/\1/auth");
  set req.http.Rostrum-Stage = "ask";
}

sub vcl_hash {
  hash_data(req.url);
  if (req.http.Rostrum-Stage == "ask") {
    hash_data("verdict " + req.http.Rostrum-Token);
  } else if (req.http.Rostrum-Stage == "admitted") {
    hash_data("admitted");
  }
  return (lookup);
}

sub vcl_backend_fetch {
  if (bereq.http.Rostrum-Token) {
    # The origin verifies by itself, whoever asks. The first who asks lends the token to all who wait.
    set bereq.url = regsub(bereq.url, "^/hls/", "/hls/t/" + bereq.http.Rostrum-Token + "/");
  }
  if (bereq.http.Rostrum-Stage != "ask") {
    # One client's limits at the origin must not become those of everybody who waits for the same answer.
    unset bereq.http.X-Forwarded-For;
  }
  unset bereq.http.Rostrum-Token;
  unset bereq.http.Rostrum-Target;
  unset bereq.http.Rostrum-Carrier;
  return (fetch);
}

sub vcl_backend_response {
  unset beresp.http.Set-Cookie;
  set beresp.grace = 0s;
  set beresp.keep = 0s;
  if (beresp.status != 200 && beresp.status != 204) {
    # Missing, too early, or refused: true for a second, long enough to keep a crowd off the origin.
    set beresp.ttl = 1s;
    if (bereq.http.Rostrum-Stage == "admitted" && (beresp.status == 401 || beresp.status == 403)) {
      # One token's refusal is nobody else's.
      set beresp.ttl = 0s;
      set beresp.uncacheable = true;
    }
  }
  return (deliver);
}

sub vcl_backend_error {
  # The origin is away or too slow. Nothing older is served; players ask again by themselves.
  set beresp.ttl = 1s;
  set beresp.grace = 0s;
  set beresp.keep = 0s;
  set beresp.status = 503;
  set beresp.http.Content-Type = "application/json; charset=utf-8";
  set beresp.http.Cache-Control = "public, max-age=1";
  set beresp.http.Retry-After = "1";
  set beresp.http.Access-Control-Allow-Origin = "*";
  set beresp.http.Access-Control-Expose-Headers = "Age, Date";
  set beresp.body = """{"error":{"code":"EDGE_ORIGIN_UNREACHABLE","message":"The origin did not answer."}}""";
  return (deliver);
}

sub vcl_deliver {
  if (req.http.Rostrum-Stage == "ask" && resp.status == 204) {
    set req.url = req.http.Rostrum-Target;
    set req.http.Rostrum-Stage = "admitted";
    return (restart);
  }
  if (req.http.Rostrum-Carrier == "cookie") {
    # This address means the private program only together with the cookie: no cache behind us may keep it.
    set resp.http.Cache-Control = regsub(resp.http.Cache-Control, "^public", "private");
  }
  if (obj.hits > 0) {
    set resp.http.X-Cache = "HIT";
  } else {
    set resp.http.X-Cache = "MISS";
  }
  unset resp.http.Via;
  unset resp.http.X-Varnish;
  return (deliver);
}

# Answers of the edge's own, in the form of the origin's.
sub vcl_synth {
  set resp.http.Access-Control-Allow-Origin = "*";
  set resp.http.Access-Control-Expose-Headers = "Age, Date";
  unset resp.http.Via;
  unset resp.http.X-Varnish;
  if (resp.status == 204) {
    set resp.http.Access-Control-Allow-Methods = "GET, HEAD, OPTIONS";
    set resp.http.Access-Control-Allow-Headers = "*";
    set resp.http.Access-Control-Max-Age = "86400";
    return (deliver);
  }
  set resp.http.Content-Type = "application/json; charset=utf-8";
  set resp.http.Cache-Control = "public, max-age=1";
  if (resp.status == 401) {
    set resp.body = """{"error":{"code":"AUTH_TOKEN_INVALID","message":"This link is not valid here."}}""";
  } else if (resp.status == 405) {
    set resp.http.Allow = "GET, HEAD, OPTIONS";
    set resp.body = """{"error":{"code":"HLS_METHOD_NOT_ALLOWED","message":"Only GET, HEAD and OPTIONS are answered here."}}""";
  } else if (resp.status == 404) {
    set resp.body = """{"error":{"code":"HLS_NOT_FOUND","message":"Nothing is published at this address."}}""";
  } else {
    set resp.body = """{"error":{"code":"EDGE_FAILED","message":"The edge could not answer."}}""";
  }
  return (deliver);
}
