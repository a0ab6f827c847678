#!/usr/bin/env bash
# Downloads Debian's packages of Ceph's S3 gateway (signatures checked by apt, about 69 MB) and unpacks them into a folder,
# about 260 MB; nothing is installed into the system.
#
#   unpack.sh FOLDER
set -euo pipefail
folder=$(realpath -m "$1")
debs=$(mktemp -d) && trap 'rm -rf "$debs" "$folder.new"' EXIT
mkdir -p "$debs/partial" "$folder.new"
[ "$(id -u)" = 0 ] && { apt-get -qq update || true; }
apt-get install -y -qq --no-install-recommends --reinstall -d -o Debug::NoLocking=1 -o APT::Sandbox::User=root \
  -o Dir::Cache::archives="$debs" radosgw ceph-base ceph-mon ceph-osd ceph-common >&2
for deb in "$debs"/*.deb; do dpkg-deb -x "$deb" "$folder.new"; done
# Only a whole tree gets the name.
rm -rf "$folder"; mv "$folder.new" "$folder"
