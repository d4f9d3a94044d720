#!/bin/sh
# Install from Debian's packages what the tests drive and this machine lacks.
#
# It does nothing where nothing is missing or where it may not install: then the tests that need
# the missing program are skipped with that reason, or fail under CI.
set -eu

missing=""
lacks() { ls $1 >/dev/null 2>&1 || missing="$missing $2"; }
lacks '/usr/lib/postgresql/*/bin/initdb' postgresql
lacks /usr/lib/rabbitmq/bin/rabbitmq-server rabbitmq-server
lacks /usr/bin/chromium-headless-shell "chromium-headless-shell fonts-liberation"
lacks '/usr/lib/*/libatomic.so.1' libatomic1  # The Node.js inside playwright asks for it.
lacks /usr/bin/pdftotext poppler-utils
lacks /usr/bin/fet-cl fet  # The solver of timetables.
lacks /usr/share/doc/fet-data/examples fet-data
[ -n "$missing" ] || exit 0

if [ "$(id -u)" = 0 ]; then as_root=""
elif sudo -n true 2>/dev/null; then as_root="sudo -n"
else as_root="no"
fi
if [ "$as_root" = no ] || ! command -v apt-get >/dev/null; then
  echo "Not installed, and not allowed to install:$missing. Ask an administrator for: apt-get install$missing"
  exit 0
fi

# Debian starts a service as soon as it is installed, unless this file says 101. The tests start
# their own private servers, so nothing may be left running when they are done.
policy=/usr/sbin/policy-rc.d
if [ ! -e $policy ]; then
  trap '$as_root rm -f $policy' EXIT
  trap 'exit 1' HUP INT TERM
  printf '#!/bin/sh\nexit 101\n' | $as_root tee $policy >/dev/null
  $as_root chmod +x $policy
fi

echo "Installing$missing …"
log=$(mktemp)
if $as_root apt-get update -qq >"$log" 2>&1 &&
  $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
    $missing </dev/null >>"$log" 2>&1; then
  rm -f "$log"
else
  tail -n 20 "$log"
  echo "Could not install$missing; the tests that need them will say so. The whole log: $log"
fi
