#!/usr/bin/env bash
# Makes certificates of an own authority and runs nginx with them in front of a server, in the foreground, until it is
# ended: TLS with HTTP/2 where the client wants it.
#
#   front.sh DIR UPSTREAM_PORT GOOD_PORT EXPIRED_PORT EARLY_PORT OTHER_NAME_PORT SELF_SIGNED_PORT PLAIN_PORT [ONCE_PORT]
#
# At ONCE_PORT there is HTTP/1.1 and a connection carries one request. DIR/ca.pem is the authority. DIR/access has a line
# for each request: protocol, number of the connection, whether it took up an earlier TLS session (`r`), request.
set -eu

dir=$1 upstream=$2
cd "$dir"

# Makes a key and what signs it: request NAME OPTION...
request() {
  local name=$1
  shift
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout "$name.key" -subj "/CN=$name" "$@" \
    2>/dev/null
}

request ca -x509 -days 2 -out ca.pem
touch index
cat >ca.conf <<CONF
[ca]
default_ca = authority
[authority]
database = index
rand_serial = yes
new_certs_dir = .
certificate = ca.pem
private_key = ca.key
default_md = sha256
policy = names
copy_extensions = copy
[names]
commonName = supplied
CONF

# Signs a certificate: certificate NAME SUBJECT_ALT_NAMES BEGIN END
certificate() {
  request "$1" -addext "subjectAltName=$2" -out "$1.csr"
  openssl ca -config ca.conf -batch -notext -startdate "$3" -enddate "$4" -in "$1.csr" -out "$1.pem" \
    2>/dev/null
}

here=DNS:localhost,IP:127.0.0.1
long_ago=20000101000000Z yesterday=$(date -u -d yesterday +%Y%m%d%H%M%SZ)
tomorrow=$(date -u -d tomorrow +%Y%m%d%H%M%SZ) some_day=20990101000000Z
certificate good "$here" "$yesterday" "$tomorrow"
certificate expired "$here" "$long_ago" "$yesterday"
certificate early "$here" "$tomorrow" "$some_day"
certificate other DNS:other.example "$yesterday" "$tomorrow"
request self -x509 -days 2 -addext "subjectAltName=$here" -out self.pem

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
$(server early "$5" http2 75)
$(server other "$6" http2 75)
$(server self "$7" http2 75)
  server { listen 127.0.0.1:$8; }
$([ -z "${9-}" ] || server good "$9" '' 0)
}
CONF
exec /usr/sbin/nginx -p "$dir" -c nginx.conf -e stderr
