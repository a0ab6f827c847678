#!/usr/bin/env bash
# A real S3 server for tests: Ceph RGW as one node on 127.0.0.1 (1 ceph-mon, 1 ceph-osd on a sparse file, 1 radosgw), out of
# a folder that unpack.sh made. No root, no service manager; authentication inside the cluster is off.
#
#   start.sh PACKAGES DATA S3_PORT MON_PORT
#
# PACKAGES  the folder of unpack.sh          DATA  folder for everything that is written; stop.sh takes it
# Prints S3_ENDPOINT and the key when the gateway answers, about 20 s later. The OSD takes ports 6800 to 6803 or the next free ones.
set -euo pipefail
ROOT=$(realpath "$1") D=$(realpath -m "$2") S3_PORT=$3 MON_PORT=$4
S3_DISK_GB=4
T0=$(date +%s.%N)
say() { printf '[s3-server %5.1fs] %s\n' "$(echo "$(date +%s.%N) $T0" | awk '{print $1-$2}')" "$*" >&2; }
die() { say "FAILED: $*"; exit 1; }
A=$ROOT/usr/lib/$(uname -m)-linux-gnu
export LD_LIBRARY_PATH=$A:$A/ceph:${A/usr\/lib/lib} PATH=$ROOT/usr/bin:$PATH CEPH_CONF=$D/ceph.conf
export PYTHONPATH=$ROOT/usr/lib/python3/dist-packages
PY=/usr/bin/python3; [ -x $PY ] || PY=$ROOT/usr/bin/python3
ceph() { timeout 30 "$PY" "$ROOT/usr/bin/ceph" --connect-timeout 20 "$@"; }

mkdir -p "$D"/{mon,osd,rgw,run,log}
rnd() { head -c 512 /dev/urandom | LC_ALL=C tr -dc 'A-Za-z0-9' | head -c "$1" || true; }
uuid() { cat /proc/sys/kernel/random/uuid; }
S3_FSID=$(uuid) S3_OSD=$(uuid) S3_ACCESS_KEY=$(rnd 20) S3_SECRET_KEY=$(rnd 40)

# configuration
cat > "$D/ceph.conf" <<C
[global]
fsid = $S3_FSID
mon_host = v1:127.0.0.1:$MON_PORT
mon_initial_members = a
public_addr = 127.0.0.1
cluster_addr = 127.0.0.1
public_network = 127.0.0.0/8
cluster_network = 127.0.0.0/8
auth_cluster_required = none
auth_service_required = none
auth_client_required = none
ms_bind_msgr2 = false
run_dir = $D/run
admin_socket = $D/run/\$name.asok
pid_file = $D/run/\$type.pid
log_file = $D/log/\$name.log
crash_dir = $D/log
plugin_dir = $A/ceph
erasure_code_dir = $A/ceph/erasure-code
osd_class_dir = $A/rados-classes
osd_pool_default_size = 1
osd_pool_default_min_size = 1
osd_pool_default_pg_num = 8
osd_pool_default_pg_autoscale_mode = off
osd_crush_chooseleaf_type = 0
mon_allow_pool_size_one = true
mon_warn_on_pool_no_redundancy = false
[mon]
mon_data = $D/mon
mon_cluster_log_file = $D/log/cluster.log
mon_data_avail_crit = 1
mon_data_avail_warn = 2
mon_max_pg_per_osd = 1000
[osd]
osd_data = $D/osd
osd_objectstore = bluestore
bluestore_block_path = $D/osd/block.img
bluestore_block_create = true
bluestore_block_size = $((S3_DISK_GB * 1073741824))
bluestore_cache_autotune = false
bluestore_cache_size = 67108864
osd_memory_target = 268435456
osd_op_num_shards = 2
[client.admin]
admin_socket =
[client.rgw.a]
rgw_data = $D/rgw
rgw_frontends = beast endpoint=127.0.0.1:$S3_PORT tcp_nodelay=1
rgw_thread_pool_size = 64
rgw_enable_ops_log = true
rgw_ops_log_rados = true
rgw_enable_usage_log = true
rgw_crypt_require_ssl = false
C

alive() { # a process that runs out of our own tree; neither a zombie nor someone else's with an old pid
  local p; p=$(cat "$D/run/$1.pid" 2>/dev/null) && [ -n "$p" ] || return 1
  case "$(readlink "/proc/$p/exe" 2>/dev/null)" in "$ROOT"/*) return 0 ;; esac; return 1
}
daemon() { # name command...: start detached, keep the pid in run/name.pid
  local n=$1; shift
  setsid nohup "$@" >>"$D/log/$n.out" 2>&1 </dev/null &
  echo $! > "$D/run/$n.pid"
}

# monitor
monmaptool --create --clobber --fsid "$S3_FSID" --addv a "[v1:127.0.0.1:$MON_PORT]" "$D/monmap" >/dev/null
ceph-mon --mkfs -i a --monmap "$D/monmap" -c "$CEPH_CONF" || die "mon mkfs"
daemon mon "$ROOT/usr/bin/ceph-mon" -f -i a -c "$CEPH_CONF"
ceph mon stat >/dev/null 2>"$D/log/cli.err" || die "the monitor does not answer, see $D/log"
say "monitor up"

# OSD
ceph osd new "$S3_OSD" >/dev/null 2>>"$D/log/cli.err" || die "osd new"
"$ROOT/usr/bin/ceph-osd" --mkfs -i 0 --osd-uuid "$S3_OSD" -c "$CEPH_CONF" >>"$D/log/osd.out" 2>&1 || die "osd mkfs, see $D/log"
daemon osd "$ROOT/usr/bin/ceph-osd" -f -i 0 -c "$CEPH_CONF"
# Now and then it speaks to the monitor before it knows the cluster's id, is refused ("wrong fsid"), and ends: then once more.
for _ in $(seq 40); do
  ceph osd stat 2>/dev/null | grep -q '1 up' && break
  alive osd || daemon osd "$ROOT/usr/bin/ceph-osd" -f -i 0 -c "$CEPH_CONF"
  sleep 0.5
done
ceph osd stat 2>/dev/null | grep -q '1 up' || die "the OSD does not come up, see $D/log"
say "OSD up"

# gateway
daemon rgw "$ROOT/usr/bin/radosgw" -f -n client.rgw.a -c "$CEPH_CONF"
for _ in $(seq 120); do
  alive rgw || die "radosgw ended, see $D/log/rgw.out and $D/log/client.rgw.a.log"
  curl -fsS -o /dev/null "http://127.0.0.1:$S3_PORT/" 2>/dev/null && break; sleep 0.5
done
curl -fsS -o /dev/null "http://127.0.0.1:$S3_PORT/" || die "radosgw does not answer"
say "gateway answers"
radosgw-admin -n client.admin -c "$CEPH_CONF" user create --uid=app --display-name=app \
  --access-key="$S3_ACCESS_KEY" --secret-key="$S3_SECRET_KEY" >"$D/log/user.json" 2>>"$D/log/cli.err" || die "user create"
# Somebody who may do nothing until a bucket's policy says so.
radosgw-admin -n client.admin -c "$CEPH_CONF" user create --uid=limited --display-name=limited \
  --access-key="limited$S3_ACCESS_KEY" --secret-key="$S3_SECRET_KEY" >"$D/log/limited.json" 2>>"$D/log/cli.err" || die "user create"
say "ready"
cat <<O
S3_ENDPOINT=http://127.0.0.1:$S3_PORT
S3_ACCESS_KEY=$S3_ACCESS_KEY
S3_LIMITED_ACCESS_KEY=limited$S3_ACCESS_KEY
S3_SECRET_KEY=$S3_SECRET_KEY
O
