#!/bin/sh
# A Slurm cluster of one controller and two nodes on this machine, in one directory. As root.
#   slurm-cluster.sh run DIRECTORY CONTROLLER_PORT PORT PORT CONSTRAIN(yes|no)
# It prints `ready`, and ends all of it when its input is closed.
set -u
PATH=$PATH:/usr/sbin:/sbin
at=$2
node=irt$(basename "$at" | tr -dc a-z0-9)

start() {
  chmod 755 "$at"
  mkdir -p "$at/munge" "$at/state"
  head -c 1024 /dev/urandom >"$at/munge/key"
  chmod 400 "$at/munge/key"
  chmod 711 "$at/munge"
  chown -R munge:munge "$at/munge"
  if [ -f /sys/fs/cgroup/cgroup.controllers ]; then
    printf 'CgroupPlugin=cgroup/v2\nIgnoreSystemd=yes\n' >"$at/cgroup.conf"
  else
    printf 'CgroupPlugin=cgroup/v1\nCgroupMountpoint=/sys/fs/cgroup\n' >"$at/cgroup.conf"
  fi
  printf 'ConstrainRAMSpace=%s\nConstrainCores=%s\n' "$4" "$4" >>"$at/cgroup.conf"
  cat >"$at/slurm.conf" <<EOF
ClusterName=$node
SlurmctldHost=localhost(127.0.0.1)
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
CredType=cred/munge
AuthInfo=socket=$at/munge/sock
SlurmctldPort=$1
StateSaveLocation=$at/state
SlurmctldPidFile=$at/slurmctld.pid
SlurmctldLogFile=$at/slurmctld.log
SlurmdSpoolDir=$at/spool.%n
SlurmdPidFile=$at/slurmd.%n.pid
SlurmdLogFile=$at/slurmd.%n.log
ProctrackType=proctrack/cgroup
TaskPlugin=task/cgroup
JobAcctGatherType=jobacct_gather/linux
JobAcctGatherFrequency=0
MpiDefault=none
SwitchType=switch/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU_Memory
SlurmdParameters=config_overrides
SchedulerParameters=sched_interval=1,bf_interval=1
KillWait=2
ReturnToService=2
NodeName=${node}a NodeHostname=$(hostname) NodeAddr=127.0.0.1 Port=$2 CPUs=2 RealMemory=3000
NodeName=${node}b NodeHostname=$(hostname) NodeAddr=127.0.0.1 Port=$3 CPUs=2 RealMemory=3000
PartitionName=main Nodes=ALL Default=YES State=UP DefMemPerNode=200
EOF
  chmod 644 "$at/slurm.conf" "$at/cgroup.conf"
  setpriv --reuid=munge --regid=munge --clear-groups munged --key-file="$at/munge/key" \
    --socket="$at/munge/sock" --pid-file="$at/munge/pid" --log-file="$at/munge/log" \
    --seed-file="$at/munge/seed" || exit 1
  SLURM_CONF=$at/slurm.conf
  export SLURM_CONF
  slurmctld -f "$SLURM_CONF" || exit 1
  for letter in a b; do
    slurmd -f "$SLURM_CONF" -N "$node$letter" || exit 1
  done
  tries=0
  until [ "$(sinfo --noheader --Node --states=idle | wc -l)" = 2 ]; do
    tries=$((tries + 1))
    [ "$tries" -lt 200 ] || { cat "$at"/*.log >&2; exit 1; }
    sleep 0.1
  done
}

# Ends the process that a file names, and waits for its end.
end() {
  [ -f "$1" ] || return 0
  pid=$(cat "$1")
  kill "$pid" 2>/dev/null
  tries=0
  while kill -0 "$pid" 2>/dev/null; do
    tries=$((tries + 1))
    [ "$tries" != 50 ] || kill -KILL "$pid" 2>/dev/null
    [ "$tries" -lt 100 ] || break
    sleep 0.1
  done
}

stop() {
  SLURM_CONF=$at/slurm.conf
  export SLURM_CONF
  scancel --quiet --signal=KILL --state=RUNNING 2>/dev/null
  scancel --quiet --user="$(id -un)" 2>/dev/null
  end "$at/slurmd.${node}a.pid"
  end "$at/slurmd.${node}b.pid"
  end "$at/slurmctld.pid"
  find /sys/fs/cgroup -type d \( -name "slurm_${node}?" -o -name "${node}?_slurmstepd.scope" \) \
    2>/dev/null | while IFS= read -r group; do
    find "$group" -name cgroup.procs -exec cat {} + 2>/dev/null | sort -u | while read -r pid; do
      kill -KILL "$pid" 2>/dev/null
    done
    sleep 0.1
    find "$group" -depth -type d -exec rmdir {} \; 2>/dev/null
  done
  end "$at/munge/pid"
  rm -rf "$at"
}

shift 2
trap stop EXIT
trap : INT HUP TERM
start "$@"
echo ready
read -r _
