#!/usr/bin/env bash
# Makes certificates of an own authority and runs nginx with them in front of a server, in the foreground, until it is
# ended: TLS with HTTP/2 where the client wants it.
#
#   front.sh DIR UPSTREAM_PORT GOOD_PORT EXPIRED_PORT OTHER_NAME_PORT ONCE_PORT PLAIN_PORT
#
# At ONCE_PORT there is HTTP/1.1 and a connection carries one request. DIR/ca.pem is the authority. DIR/access has a line
# for each request: protocol, number of the connection, whether it took up an earlier TLS session (`r`), request.
set -eu

dir=$1 upstream=$2
cd "$dir"

openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -days 2 -subj '/CN=Test authority' \
  2>/dev/null

# Signs a certificate: certificate NAME SUBJECT_ALT_NAMES VALIDITY...
certificate() {
  local name=$1
  printf 'subjectAltName=%s\n' "$2" >"$name.ext"
  shift 2
  openssl req -newkey rsa:2048 -nodes -keyout "$name.key" -out "$name.csr" -subj "/CN=$name" 2>/dev/null
  openssl x509 -req -in "$name.csr" -CA ca.pem -CAkey ca.key -CAcreateserial -extfile "$name.ext" -out "$name.pem" \
    "$@" 2>/dev/null
}

certificate good DNS:localhost,IP:127.0.0.1 -days 2
# Older OpenSSL ends a certificate in the past by a negative number of days, newer by a date.
certificate expired DNS:localhost,IP:127.0.0.1 -days -1 ||
  certificate expired DNS:localhost,IP:127.0.0.1 -not_before 20200101000000Z -not_after 20200102000000Z
certificate other DNS:other.example -days 2

# server CERTIFICATE PORT PROTOCOL KEEPALIVE_SECONDS
server() {
  cat <<CONF
  server {
    listen 127.0.0.1:$2 ssl $3;
    keepalive_timeout $4;
    ssl_certificate $1.pem;
    ssl_certificate_key $1.key;
    location / {
      proxy_pass http://127.0.0.1:$upstream;
      proxy_http_version 1.1;
      proxy_buffering off;
      proxy_read_timeout 60s;
    }
  }
CONF
}

cat >nginx.conf <<CONF
daemon off;
$([ "$(id -u)" != 0 ] || echo 'user root;')
worker_processes 1;
pid nginx.pid;
error_log stderr error;
events { worker_connections 512; }
http {
  log_format test '\$server_protocol \$connection \$ssl_session_reused \$request_uri';
  access_log access test;
  ssl_session_cache shared:sessions:1m;
  client_body_temp_path body;
  proxy_temp_path proxy;
  fastcgi_temp_path fastcgi;
  uwsgi_temp_path uwsgi;
  scgi_temp_path scgi;
$(server good "$3" http2 75)
$(server expired "$4" http2 75)
$(server other "$5" http2 75)
$(server good "$6" '' 0)
  server { listen 127.0.0.1:$7; }
}
CONF
exec /usr/sbin/nginx -p "$dir" -c nginx.conf -e stderr
