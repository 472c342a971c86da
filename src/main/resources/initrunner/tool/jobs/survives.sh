# Prints whether a process outlives the logout of this account, and why not: yes, no REASON, or
# unknown REASON.
survives() {
  newline='
'
  mine=
  while IFS= read -r line; do mine=$mine$line$newline; done </proc/self/cgroup 2>/dev/null
  case $mine in
    *slurm*) echo 'no it ends with the Slurm job that this login is part of'; return ;;
    *session-*.scope*) ;;
    *) echo yes; return ;;
  esac
  kills=$(busctl get-property org.freedesktop.login1 /org/freedesktop/login1 \
    org.freedesktop.login1.Manager KillUserProcesses 2>/dev/null)
  account=$(id -un)
  case $kills in
    'b false') echo yes ;;
    'b true')
      if [ "$(id -u)" = 0 ]; then
        echo 'unknown logind ends processes at logout (KillUserProcesses=yes), for root only where told'
      elif [ -e "/var/lib/systemd/linger/$account" ]; then
        echo 'unknown logind ends processes at logout (KillUserProcesses=yes), and this account lingers'
      else
        echo 'no logind ends the processes of this account at its last logout (KillUserProcesses=yes)'
      fi
      ;;
    *) echo 'unknown logind does not say whether it ends processes at logout' ;;
  esac
}
