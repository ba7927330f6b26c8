# A SLURM of this one machine, with all its files in $dir/cluster. Sourced.

start_cluster() {
  local host files=$dir/cluster
  host=$(hostname -s)
  mkdir -p "$files"/{state,spool} /etc/slurm /run/munge /var/lib/munge /var/log/munge
  [ -s /etc/munge/munge.key ] || { install -d -o munge -m 700 /etc/munge; head -c 1024 /dev/urandom >/etc/munge/munge.key; }
  chown munge: /etc/munge/munge.key /run/munge /var/lib/munge /var/log/munge
  chmod 400 /etc/munge/munge.key
  chmod 755 /run/munge
  # One that runs already will do.
  if ! munge --no-input >/dev/null 2>&1; then
    su -s /bin/bash munge -c '/usr/sbin/munged' >"$files/munged.log" 2>&1 || return 1
    munge_is_ours=1
  fi
  sed -e "s|@MARK@|$mark|; s|@HOST@|$host|g; s|@FILES@|$files|g; s|@CPUS@|$(nproc)|" "$workflows/tests/slurm.conf.in" >"$conf"
  slurmctld -c -L "$files/slurmctld.log" >"$files/start.log" 2>&1 || return 1
  slurmd -L "$files/slurmd.log" >>"$files/start.log" 2>&1 || return 1
  local tries
  for tries in $(seq 60); do
    sinfo --noheader --format=%t 2>/dev/null | grep -qx idle && return 0
    sleep 0.5
  done
  return 1
}

stop_cluster() {
  local name
  for name in slurmd slurmctld; do end_daemon "$name" "$dir/cluster/$name.pid"; done
  [ -z "${munge_is_ours-}" ] || end_daemon munged /run/munge/munged.pid
  if grep -qx "$mark" "$conf" 2>/dev/null; then rm -f "$conf"; fi
}

# Ends the process that a file names, where it is that program still.
end_daemon() {
  local pid
  pid=$(cat "$2" 2>/dev/null) || return 0
  [ "$(ps -o comm= -p "$pid" 2>/dev/null)" != "$1" ] || kill "$pid" 2>/dev/null || true
}
