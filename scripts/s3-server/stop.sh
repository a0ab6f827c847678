#!/usr/bin/env bash
# Ends what start.sh started, by its own pids.
#
#   stop.sh PACKAGES DATA
set -u
packages=$(realpath "$1")
for name in rgw osd mon; do
  pid=$(cat "$2/run/$name.pid" 2>/dev/null) || continue
  # Only a process that runs out of that folder: a pid may have been given to someone else meanwhile.
  case "$(readlink "/proc/$pid/exe" 2>/dev/null)" in "$packages"/*) ;; *) continue ;; esac
  kill "$pid"
  for _ in $(seq 40); do kill -0 "$pid" 2>/dev/null || break; sleep 0.25; done
  kill -9 "$pid" 2>/dev/null
done
exit 0
